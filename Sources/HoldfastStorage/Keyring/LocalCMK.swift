import HoldfastModel

enum KeyringTag {}
enum LocalKeyTag {}

/// Names one keyring, wherever its file lies.
typealias KeyringID = ID<KeyringTag>
/// Names one key of a keyring.
typealias LocalKeyID = ID<LocalKeyTag>

/// The two halves of `local:<keyring>/<key>`: never a path, so a URI goes on naming its key when the file is moved.
struct LocalCMK: Hashable, Sendable {
    static let scheme = "local"

    let keyring: KeyringID
    let key: LocalKeyID
    let cmk: CMK

    /// Nil for a URI of another scheme or form.
    init?(_ cmk: CMK) {
        let parts = cmk.name.split(separator: "/", omittingEmptySubsequences: false)
        guard cmk.scheme == Self.scheme, parts.count == 2, let keyring = KeyringID(parts[0]), let key = LocalKeyID(parts[1])
        else { return nil }
        (self.keyring, self.key, self.cmk) = (keyring, key, cmk)
    }

    init(keyring: KeyringID, key: LocalKeyID) {
        guard let cmk = CMK("\(Self.scheme):\(keyring)/\(key)") else { preconditionFailure("two ids make a URI") }
        (self.keyring, self.key, self.cmk) = (keyring, key, cmk)
    }
}
