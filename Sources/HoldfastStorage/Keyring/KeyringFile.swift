import HoldfastFormat
import HoldfastModel

/// A keyring as its file has it: the document, and the MAC over the bytes as they are stored.
struct KeyringFile: Sendable {
    /// A reader refuses more, in bytes, and so does a writer.
    static let maximumByteCount = 4 << 20

    private static let macOpening = Array(#","mac":""#.utf8)
    private static let macClosing = Array(#""}"#.utf8)
    private static let macDigitCount = 44

    let document: KeyringDocument
    /// What the MAC is over: the stored object without its last member.
    private let authenticated: [UInt8]
    private let mac: [UInt8]

    /// How a file and the secrets of a passphrase go together.
    enum Verdict { case sound, wrongPassphrase, altered }

    init(parsing bytes: [UInt8]) throws(JSONError) {
        let json = try JSONObject.parse(bytes)
        document = try KeyringDocument(json)
        mac = try json.base64("mac", count: 32)
        authenticated = try Self.withoutMAC(bytes)
    }

    /// The file's bytes: one line, the MAC at its end.
    static func bytes(of document: KeyringDocument, secrets: KeyringSecrets) -> [UInt8] {
        let authenticated = document.json.serialized
        let mac = Base64.encode(secrets.authenticate(authenticated).bytes)
        return authenticated.dropLast() + macOpening + mac.utf8 + macClosing + [UInt8(ascii: "\n")]
    }

    func verify(_ secrets: KeyringSecrets) -> Verdict {
        guard secrets.matches(check: document.check) else { return .wrongPassphrase }
        return secrets.matches(mac: mac, over: authenticated) ? .sound : .altered
    }

    /// Cuts `,"mac":"…"` off the end, where it must stand in exactly this spelling; one line feed may follow the file.
    private static func withoutMAC(_ bytes: [UInt8]) throws(JSONError) -> [UInt8] {
        let object = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
        let tail = object.suffix(macOpening.count + macDigitCount + macClosing.count)
        guard tail.starts(with: macOpening), tail.suffix(macClosing.count).elementsEqual(macClosing) else {
            throw .member("mac", problem: "is not the last member, written without spaces")
        }
        return object.dropLast(tail.count) + [UInt8(ascii: "}")]
    }
}
