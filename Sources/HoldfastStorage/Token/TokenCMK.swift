import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// The two halves of `pkcs11:<token>/<id>`: a token's label, and a key's `CKA_ID` in hex. Not its label, which need not be the only one
/// of its kind: one key has one name.
struct TokenCMK: Hashable, Sendable {
    static let scheme = "pkcs11"

    let token: String
    let id: [UInt8]
    let cmk: CMK

    /// Nil for a URI of another scheme or form.
    init?(_ cmk: CMK) {
        let parts = cmk.name.split(separator: "/", omittingEmptySubsequences: false)
        guard cmk.scheme == Self.scheme, parts.count == 2, let id = Hex.decode(String(parts[1])) else { return nil }
        self.init(token: String(parts[0]), id: id)
        guard self.cmk == cmk else { return nil }
    }

    /// Nil for a label that cannot stand in a URI, and without an id.
    init?(token: String, id: [UInt8]) {
        guard Self.isTokenName(token), !id.isEmpty, let cmk = CMK("\(Self.scheme):\(token)/\(Hex.encode(id))") else { return nil }
        (self.token, self.id, self.cmk) = (token, id, cmk)
    }

    /// Up to 32 characters of printable ASCII, without blanks, `/` and `*`.
    static func isTokenName(_ name: String) -> Bool {
        (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "*") }
    }
}
