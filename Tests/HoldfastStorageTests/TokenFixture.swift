import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Synchronization
import Testing

/// A token of SoftHSM 2 for all tests of this process, in a directory of its own; keys are made as `docs/KEY_MANAGERS.md` says.
final class TokenFixture: Sendable {
    static let module = "/usr/lib/softhsm/libsofthsm2.so"
    static let token = "holdfast"
    static let isInstalled =
        FileManager.default.fileExists(atPath: module) && FileManager.default.fileExists(atPath: "/usr/bin/softhsm2-util")
        && FileManager.default.fileExists(atPath: "/usr/bin/pkcs11-tool")
    static let notInstalled: Comment = "SOFTHSM IS NOT INSTALLED: apt install softhsm2 opensc"

    static let shared = Result { try TokenFixture() }

    private let directory: String
    private let clock = Mutex(Timestamp(seconds: 1_800_000_000))

    /// SoftHSM asks the environment once in a process where its tokens are.
    private init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/token-\(getpid())"
        try FileManager.default.createDirectory(atPath: directory + "/tokens", withIntermediateDirectories: true)
        try Data("directories.tokendir = \(directory)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n".utf8)
            .write(to: URL(filePath: directory + "/conf"))
        unsafe setenv("SOFTHSM2_CONF", directory + "/conf", 1)
        atexit {
            if case .success(let fixture) = TokenFixture.shared { try? FileManager.default.removeItem(atPath: fixture.directory) }
        }
        try run(["softhsm2-util", "--init-token", "--free", "--label", Self.token, "--so-pin", "567890", "--pin", "123456"])
        try write(pin: "123456\n", to: "pin")
        try write(pin: "999999\n", to: "wrong-pin")
    }

    private func write(pin: String, to name: String) throws {
        try Data(pin.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
        unsafe chmod("\(directory)/\(name)", 0o600)
    }

    var now: Timestamp {
        get { clock.withLock { $0 } }
        set { clock.withLock { $0 = newValue } }
    }

    func manager(token: String = token, module: String = module, pin: String = "pin") -> TokenKeyManager {
        TokenKeyManager(
            TokenSettings(module: module, token: token, pinFile: "\(directory)/\(pin)"), clock: { self.now },
            realClock: { self.now })
    }

    /// A new key with a random id, or this one.
    func createCMK(_ label: String, id: String = Hex.encode(Random.bytes(8)), type: String = "AES:32") throws -> CMK {
        try tool("--keygen", "--key-type", type, "--id", id, "--label", label, "--sensitive", "--usage-decrypt")
        guard let cmk = CMK("pkcs11:\(Self.token)/\(id)") else { throw CocoaError(.fileReadUnknown) }
        return cmk
    }

    func tool(_ words: String...) throws {
        try run(["pkcs11-tool", "--module", Self.module, "--token-label", Self.token, "--login", "--pin", "123456"] + words)
    }

    private func run(_ command: [String]) throws {
        let descriptor = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let status = ChildProcess.wait(for: try ChildProcess.spawn(command, output: descriptor))
        guard status == 0 else { throw Failed(command: command, status: status) }
    }

    struct Failed: Error {
        let command: [String]
        let status: Int32
    }
}
