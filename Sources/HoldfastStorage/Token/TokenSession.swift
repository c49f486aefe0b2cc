import CPKCS11
import HoldfastModel

/// A session with one token, logged in as its user. Every call blocks, and one thread at a time may make them.
///
/// A module, once loaded, stays for as long as the process lives, and so does the login: others may be using them.
@safe
final class TokenSession {
    private let list: UnsafePointer<CK_FUNCTION_LIST>
    private var handle: CK_ULONG = 0

    /// More objects than this are not looked at.
    private static let objectCountAtMost = 4096
    private static let attributeByteCountAtMost = 1024
    private static let tagByteCount = 16

    init(module path: String, token label: String, pin: borrowing Secret) throws(TokenFailure) {
        var problem: UnsafePointer<CChar>?
        guard let list = unsafe p11_load(path, &problem) else {
            let text = unsafe problem.map { unsafe String(cString: $0) }
            throw TokenFailure(
                operation: "load \(path)", code: 0, detail: text)
        }
        unsafe self.list = list
        let padded = Array(label.utf8.prefix(32)) + [UInt8](repeating: UInt8(ascii: " "), count: max(0, 32 - label.utf8.count))
        var slot: CK_ULONG = 0
        try Self.check("find token \(label)", unsafe p11_slot(list, padded, &slot))
        try Self.check("C_OpenSession", unsafe p11_open(list, slot, &handle))
        let answer = unsafe pin.bytes.withUnsafeBufferPointer {
            unsafe p11_login(list, handle, $0.baseAddress, CK_ULONG($0.count))
        }
        if answer != CK_RV(CKR_USER_ALREADY_LOGGED_IN) { try Self.check("C_Login", answer) }
    }

    deinit { if handle != 0 { unsafe p11_close(list, handle) } }

    private static func check(_ operation: String, _ answer: CK_RV) throws(TokenFailure) {
        guard answer == CK_RV(CKR_OK) else { throw TokenFailure(operation: operation, code: answer) }
    }
}

/// Objects on the token, by handles that are good for this session.
extension TokenSession {
    /// The secret keys with an id, or all of them.
    func keys(id: [UInt8] = []) throws(TokenFailure) -> [UInt] { try find(CKO_SECRET_KEY, label: [], id: id) }

    /// Our data objects with a label, or all of them.
    func notes(label: String = "") throws(TokenFailure) -> [UInt] { try find(CKO_DATA, label: Array(label.utf8), id: []) }

    private func find(_ kind: Int, label: [UInt8], id: [UInt8]) throws(TokenFailure) -> [UInt] {
        var objects = [CK_ULONG](repeating: 0, count: Self.objectCountAtMost)
        var count: CK_ULONG = 0
        let answer = unsafe p11_find(
            list, handle, CK_ULONG(kind), label, CK_ULONG(label.count), id, CK_ULONG(id.count), &objects,
            CK_ULONG(objects.count), &count)
        try Self.check("C_FindObjects", answer)
        guard count < objects.count else {
            throw TokenFailure(operation: "C_FindObjects", code: 0, detail: "there are more than \(count) objects")
        }
        return Array(objects.prefix(Int(count)))
    }

    func bytes(_ kind: Int, of object: UInt) throws(TokenFailure) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: Self.attributeByteCountAtMost)
        var count = CK_ULONG(value.count)
        try Self.check(
            "C_GetAttributeValue", unsafe p11_get(list, handle, object, CK_ULONG(kind), &value, &count))
        return Array(value.prefix(Int(clamping: count)))
    }

    func text(_ kind: Int, of object: UInt) throws(TokenFailure) -> String {
        String(decoding: try bytes(kind, of: object), as: UTF8.self)
    }

    /// A `CK_BBOOL`.
    func flag(_ kind: Int, of object: UInt) throws(TokenFailure) -> Bool {
        try bytes(kind, of: object) == [1]
    }

    /// A `CK_ULONG`, as machines of Linux have it now: the lowest byte first.
    func number(_ kind: Int, of object: UInt) throws(TokenFailure) -> UInt {
        try bytes(kind, of: object).reversed().reduce(0) { $0 << 8 | UInt($1) }
    }

    /// Lets a key encrypt and decrypt, or neither: the token itself then refuses.
    func permit(_ key: UInt, _ isAllowed: Bool) throws(TokenFailure) {
        try Self.check("C_SetAttributeValue", unsafe p11_permit(list, handle, key, isAllowed ? 1 : 0))
    }

    /// Puts a data object of ours on the token.
    func note(_ label: String, _ value: String) throws(TokenFailure) {
        let (label, value) = (Array(label.utf8), Array(value.utf8))
        try Self.check(
            "C_CreateObject",
            unsafe p11_note(list, handle, label, CK_ULONG(label.count), value, CK_ULONG(value.count)))
    }

    /// One that is gone already is no failure.
    func destroy(_ object: UInt) throws(TokenFailure) {
        do throws(TokenFailure) {
            try Self.check("C_DestroyObject", unsafe p11_destroy(list, handle, object))
        } catch  where error.isGone {
            return
        }
    }
}

/// AES-GCM inside the token.
extension TokenSession {
    /// The ciphertext and its tag.
    func seal(_ secret: borrowing Secret, under key: UInt, iv: [UInt8], authenticating aad: [UInt8]) throws(TokenFailure)
        -> [UInt8]
    {
        var output = [UInt8](repeating: 0, count: secret.count + Self.tagByteCount)
        var count = CK_ULONG(output.count)
        var hasBegun: Int32 = 0
        let answer = unsafe secret.bytes.withUnsafeBufferPointer { input in
            unsafe p11_gcm(
                list, handle, key, 1, iv, aad, CK_ULONG(aad.count), input.baseAddress, CK_ULONG(input.count), &output, &count,
                &hasBegun)
        }
        try Self.check(hasBegun == 0 ? "C_EncryptInit" : "C_Encrypt", answer)
        guard count == output.count else {
            throw TokenFailure(operation: "C_Encrypt", code: 0, detail: "it gave \(count) bytes instead of \(output.count)")
        }
        return output
    }

    /// Of `C_DecryptInit` a failure says nothing of the ciphertext.
    func open(_ sealed: [UInt8], under key: UInt, iv: [UInt8], authenticating aad: [UInt8]) throws(TokenFailure) -> Secret {
        var secret = Secret(zeroed: sealed.count)
        var count = CK_ULONG(sealed.count)
        var hasBegun: Int32 = 0
        var answer: CK_RV = 0
        secret.update { output in
            answer = unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe p11_gcm(
                    list, handle, key, 0, iv, aad, CK_ULONG(aad.count), sealed, CK_ULONG(sealed.count), output.baseAddress,
                    &count,
                    &hasBegun)
            }
        }
        try Self.check(hasBegun == 0 ? "C_DecryptInit" : "C_Decrypt", answer)
        guard count == sealed.count - Self.tagByteCount else {
            throw TokenFailure(operation: "C_Decrypt", code: 0, detail: "it gave \(count) bytes")
        }
        return Secret(copying: secret.bytes.extracting(0..<Int(count)))
    }
}
