import CPosix
import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import Synchronization

/// A directory of its own with a keyring to be in it, a clock that is set by hand, a count of how often the passphrase was asked for, and
/// what was told of editions.
final class KeyringFixture: Sendable {
    static let passphrase = "correct horse battery"
    static let project = "shop"

    let directory: String
    var path: String { "\(directory)/keyring.json" }
    private let clock = Mutex(Timestamp(seconds: 1_800_000_000))
    private let asked = Mutex(0)
    private let standings = Mutex<[KeyringStanding]>([])

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/keyring-\(Hex.encode(Random.bytes(8)))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        setMode(0o700, of: directory)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("left behind: \(directory)") }
    }

    var now: Timestamp {
        get { clock.withLock { $0 } }
        set { clock.withLock { $0 = newValue } }
    }

    var timesAsked: Int { asked.withLock { $0 } }

    /// What was told that is not as it should be.
    var told: [KeyringStanding] { standings.withLock { $0 }.filter { $0 != .newest } }

    /// The keyring for another process, as it were: nothing is shared but the file. `meanwhile`: what happens while secrets are derived.
    func keyring(
        passphrase: String = passphrase, project: String = project, simulatedTime: Timestamp? = nil,
        meanwhile: @escaping @Sendable () -> Void = {},
        standing: @escaping @Sendable (KeyManagerEdition) -> KeyringStanding = { _ in .newest }
    ) -> LocalKeyring {
        let clock = KeyringClock(isSimulated: simulatedTime != nil) { simulatedTime ?? self.now }
        let provider: PassphraseProvider = { () throws(KeyManagerError) in
            self.asked.withLock { $0 += 1 }
            meanwhile()
            return Secret(copying: Array(passphrase.utf8).span)
        }
        return LocalKeyring(
            path: path, project: project, clock: clock, passphrase: provider, remember: standing,
            tell: { standing, _ in self.standings.withLock { $0.append(standing) } })
    }

    func created(simulatedTime: Timestamp? = nil) async throws -> LocalKeyring {
        let keyring = keyring(simulatedTime: simulatedTime)
        try await keyring.create(protection())
        return keyring
    }

    /// A protection that costs little.
    func protection(_ passphrase: String = passphrase) -> KeyringProtection {
        .passphrase(cost: 1 << 10) { () throws(KeyManagerError) in Secret(copying: Array(passphrase.utf8).span) }
    }

    func setMode(_ mode: mode_t, of path: String) { unsafe chmod(path, mode) }

    var text: String {
        get throws { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }
    }

    /// Writes the file as a text editor would.
    func edit(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        setMode(0o600, of: path)
    }

    /// Replaces what must be there exactly once.
    func edit(_ old: String, to new: String) throws {
        let text = try text
        guard text.components(separatedBy: old).count == 2 else { throw NotOnce(text: old) }
        try edit(text.replacing(old, with: new))
    }

    /// Gives the first character after `mark`, wherever that is behind `start`, another value.
    func editCharacter(after mark: String, behind start: String = "{") throws {
        var text = try text
        guard let start = text.firstRange(of: start), let mark = text[start.upperBound...].firstRange(of: mark) else {
            throw NotOnce(text: mark)
        }
        let place = mark.upperBound
        text.replaceSubrange(place...place, with: text[place] == "a" ? "b" : "a")
        try edit(text)
    }

    /// The file with the MAC that one who knows the passphrase would give it; derived here from what the format says alone.
    func signed(_ text: String) throws -> String {
        let json = try JSONObject.parse(Array(text.utf8))
        let salt = try json.object("kdf").base64("salt")
        let root = try KeyDerivation.scrypt(
            passphrase: Array(Self.passphrase.utf8).span, salt: salt.span, cost: 1 << 10, blockSize: 8, parallelism: 1)
        let label = Array("holdfast/1 keyring-mac".utf8) + (Hex.decode(try json.string("keyring")) ?? [])
        let key = KeyDerivation.expand(root, info: label.span)
        let body = (text.components(separatedBy: #","mac":""#).first ?? "") + "}"
        let mac = HMACSHA256(key: key.bytes).authenticate(Array(body.utf8).span)
        return body.dropLast() + #","mac":"\#(Base64.encode(mac.bytes))"}"#
    }

    struct NotOnce: Error { let text: String }
}

extension LocalKeyring {
    static let key = (0..<32).map { UInt8($0) }

    nonisolated func wrapKey(under cmk: CMK, project: String = KeyringFixture.project) async throws(KeyManagerError) -> Envelope {
        try await wrap(Secret(copying: Self.key.span), under: cmk, context: .sample(project: project))
    }

    nonisolated func unwrapKey(_ envelope: Envelope) async throws(KeyManagerError) -> [UInt8] {
        let key = try await unwrap(envelope, context: .sample())
        return key.bytes.indices.map { key.bytes[$0] }
    }

    nonisolated func schedule(_ cmk: CMK, days: Int64) async throws(KeyManagerError) -> Timestamp {
        guard let waiting = Period(days, .days) else { preconditionFailure("\(days) days are a period") }
        return try await scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: waiting)
    }
}

extension EncryptionContext {
    static func sample(project: String = KeyringFixture.project) -> EncryptionContext {
        guard let repository = RepositoryID("000102030405060708090a0b0c0d0e0f"),
            let snapshot = SnapshotID("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
        else { preconditionFailure("these are ids") }
        return EncryptionContext(
            project: project, cluster: "default", repository: repository, snapshot: snapshot, node: "node-1", kind: .manifest)
    }
}
