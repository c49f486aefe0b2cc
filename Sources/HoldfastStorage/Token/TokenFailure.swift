import CPKCS11
import HoldfastModel

/// What a PKCS#11 module answered instead of `CKR_OK`.
struct TokenFailure: Error, Hashable {
    /// The function, such as `C_Login`.
    let operation: String
    let code: UInt
    /// What the code does not say, such as why a module cannot be loaded.
    var detail: String?

    /// No module's: the key is none that we can use.
    static let unsuitableCode = UInt.max

    /// The key may not be used for this, or not any more.
    var isForbiddenUse: Bool { code == UInt(CKR_KEY_FUNCTION_NOT_PERMITTED) }
    /// Another has destroyed the object since it was found.
    var isGone: Bool { code == UInt(CKR_OBJECT_HANDLE_INVALID) }
    /// Another try with the same PIN would bring the token nearer to being locked.
    var isWrongPIN: Bool { code == UInt(CKR_PIN_INCORRECT) || code == UInt(CKR_PIN_LOCKED) }
    /// The ciphertext itself was found wrong.
    var isWrongCiphertext: Bool {
        [CKR_DATA_INVALID, CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE].contains { code == UInt($0) }
    }
    /// What modules say of a wrong tag that they have no better word for, SoftHSM among them; and of much else.
    var mayBeWrongCiphertext: Bool { [CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED].contains { code == UInt($0) } }
}

extension TokenFailure: CustomStringConvertible {
    var description: String {
        let meaning: String? =
            switch code {
            case UInt(CKR_TOKEN_NOT_PRESENT): "no token has this label, or several have"
            case UInt(CKR_PIN_INCORRECT): "the PIN is wrong"
            case UInt(CKR_PIN_LOCKED): "the PIN is locked"
            default: detail
            }
        return "\(operation): " + (meaning ?? "error 0x\(String(code, radix: 16))")
    }
}
