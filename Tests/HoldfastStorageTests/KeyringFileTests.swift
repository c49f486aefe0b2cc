import CPosix
import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("The keyring's file: who may open it, and how it is written")
struct KeyringFileTests {
    let fixture: KeyringFixture

    init() throws { fixture = try KeyringFixture() }

    func refusal() async -> String {
        do {
            _ = try await fixture.keyring().list()
            return "not refused"
        } catch .keyring(fixture.path, let detail) {
            return detail
        } catch {
            return "\(error)"
        }
    }

    @Test("a file that others may open is refused with the chmod to run", arguments: [0o644, 0o640, 0o660, 0o700, 0o4600])
    func fileModes(_ mode: mode_t) async throws {
        _ = try await fixture.created()
        fixture.setMode(mode, of: fixture.path)
        #expect(await refusal().hasSuffix("run chmod 600 '\(fixture.path)'"))
        fixture.setMode(0o600, of: fixture.path)
        #expect(await refusal() == "not refused")
    }

    @Test("a directory that others may write to is refused with the chmod to run", arguments: [0o775, 0o770, 0o702])
    func directoryModes(_ mode: mode_t) async throws {
        _ = try await fixture.created()
        fixture.setMode(mode, of: fixture.directory)
        #expect(await refusal().hasSuffix("run chmod 700 '\(fixture.directory)'"))
    }

    @Test("another user's file is refused with the chown to run", .enabled(if: geteuid() == 0))
    func foreignOwner() async throws {
        _ = try await fixture.created()
        unsafe chown(fixture.path, 1000, 1000)
        #expect(await refusal().hasSuffix("run chown 0 '\(fixture.path)'"))
    }

    @Test("a link, a directory or a pipe in the file's place is refused, and nothing hangs")
    func otherTypes() async throws {
        _ = try await fixture.created()
        let files = FileManager.default
        try files.moveItem(atPath: fixture.path, toPath: fixture.directory + "/elsewhere")
        try files.createSymbolicLink(atPath: fixture.path, withDestinationPath: "elsewhere")
        #expect(await refusal().contains("symbolic link"))
        try files.removeItem(atPath: fixture.path)
        try files.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        #expect(await refusal().contains("not a regular file"))
        try files.removeItem(atPath: fixture.path)
        unsafe mkfifo(fixture.path, 0o600)
        #expect(await refusal().contains("not a regular file"))
    }

    @Test("without a file every call finds the key manager unreachable, and asks for no passphrase")
    func missing() async throws {
        let keyring = fixture.keyring()
        let cmk = try #require(CMK("local:00000000000000000000000000000000/00000000000000000000000000000000"))
        let unreachable = KeyManagerError.unreachable(fixture.path, detail: "there is no keyring here")
        await #expect(throws: unreachable) { try await keyring.list() }
        await #expect(throws: unreachable) { try await keyring.describe(cmk) }
        await #expect(throws: unreachable) { try await keyring.wrapKey(under: cmk) }
        await #expect(throws: unreachable) { try await keyring.disable(cmk) }
        #expect(fixture.timesAsked == 0)
    }

    @Test("a keyring is created 0600, in a directory of 0700, and never in place of another")
    func creation() async throws {
        let clock = KeyringClock(isSimulated: false) { Timestamp(seconds: 0) }
        let path = fixture.directory + "/new/keyring.json"
        let keyring = LocalKeyring(path: path, project: "shop", clock: clock) { () throws(KeyManagerError) in
            throw .passphrase("test", detail: "asked")
        }
        try await keyring.create(.unprotected)
        #expect(try mode(of: path) == 0o600)
        #expect(try mode(of: fixture.directory + "/new") == 0o700)
        let before = try Data(contentsOf: URL(filePath: path))
        await #expect(throws: KeyManagerError.keyring(path, detail: "there is a keyring already")) {
            try await keyring.create(.unprotected)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("without a passphrase none is asked for, and every listing says so")
    func unprotected() async throws {
        let keyring = fixture.keyring()
        try await keyring.create(.unprotected)
        let cmk = try await keyring.createCMK(label: "")
        let envelope = try await keyring.wrapKey(under: cmk)
        #expect(try await fixture.keyring().unwrapKey(envelope) == LocalKeyring.key)
        #expect(try await keyring.list().map(\.assurance) == ["unprotected"])
        #expect(fixture.timesAsked == 0)
    }

    @Test("a passphrase under 12 characters is refused at creation", arguments: ["", "eleven char", "éééééééééée"])
    func shortPassphrases(_ passphrase: String) async throws {
        await #expect(throws: KeyManagerError.self) { try await fixture.keyring().create(fixture.protection(passphrase)) }
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
    }

    @Test("what a crash left half written is ignored, and gone after the next write")
    func leftover() async throws {
        let keyring = try await fixture.created()
        let temporary = fixture.path + ".tmp"
        try Data("half a key".utf8).write(to: URL(filePath: temporary))
        _ = try await keyring.list()
        _ = try await keyring.createCMK(label: "a")
        #expect(!FileManager.default.fileExists(atPath: temporary))
    }

    @Test("a write that fails leaves the file as it was")
    func failedWrite() async throws {
        let keyring = try await fixture.created()
        let before = try fixture.text
        try FileManager.default.createDirectory(atPath: fixture.path + ".tmp", withIntermediateDirectories: false)
        await #expect(throws: KeyManagerError.self) { try await keyring.createCMK(label: "a") }
        #expect(try fixture.text == before)
    }

    @Test("a change that would make it longer than any reader takes is refused, and the file stays as it was")
    func longest() async throws {
        let keyring = fixture.keyring()
        try await keyring.create(.unprotected)
        let label = String(repeating: "a", count: 1 << 20)
        var cmks: [CMK] = []
        for _ in 0..<3 { cmks.append(try await keyring.createCMK(label: label)) }
        let before = try fixture.text
        let error = await #expect(throws: KeyManagerError.self) { try await keyring.createCMK(label: label) }
        guard case .keyring(fixture.path, let detail) = error, detail.contains("it stands as it was") else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try fixture.text == before)
        #expect(try await Set(fixture.keyring().list().map(\.cmk)) == Set(cmks))
        _ = try await keyring.createCMK(label: "short")
    }

    @Test("the bytes of the former file are overwritten, unless it has another name")
    func overwriting() async throws {
        let keyring = try await fixture.created()
        let former = unsafe open(fixture.path, O_RDONLY)
        defer { close(former) }
        _ = try await keyring.createCMK(label: "a")
        var bytes = [UInt8](repeating: 1, count: 4096)
        let count = unsafe pread(former, &bytes, bytes.count, 0)
        #expect(count > 0 && bytes.prefix(count).allSatisfy { $0 == 0 })
        let copy = fixture.directory + "/copy.json"
        try FileManager.default.linkItem(atPath: fixture.path, toPath: copy)
        let before = try fixture.text
        _ = try await keyring.createCMK(label: "b")
        #expect(try Data(contentsOf: URL(filePath: copy)) == Data(before.utf8))
    }

    @Test("many writers at once lose nothing, and readers beside them see whole files")
    func concurrentWriters() async throws {
        _ = try await fixture.created()
        let cmks = try await withThrowingTaskGroup(of: [CMK].self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let keyring = fixture.keyring()
                    return try await [keyring.createCMK(label: "\(writer)"), keyring.createCMK(label: "\(writer)")]
                }
                group.addTask {
                    for _ in 0..<50 { _ = try await fixture.keyring().list() }
                    return []
                }
            }
            return try await group.reduce([], +)
        }
        #expect(try await Set(fixture.keyring().list().map(\.cmk)) == Set(cmks))
        #expect(cmks.count == 12)
        #expect(try await fixture.keyring().edition()?.number == 13)
    }

    @Test("another passphrase seals every CMK anew, and what was wrapped still opens")
    func changedPassphrase() async throws {
        let keyring = try await fixture.created()
        let cmk = try await keyring.createCMK(label: "a")
        let envelope = try await keyring.wrapKey(under: cmk)
        let before = try fixture.text
        let next = "an entirely different one"
        try await keyring.changePassphrase(to: fixture.protection(next))
        #expect(try await keyring.unwrapKey(envelope) == LocalKeyring.key)
        #expect(try await fixture.keyring(passphrase: next).unwrapKey(envelope) == LocalKeyring.key)
        await #expect(throws: KeyManagerError.self) { try await fixture.keyring().unwrapKey(envelope) }
        let sealed = try #require(before.components(separatedBy: #""sealed":""#).last?.prefix(20))
        #expect(try !fixture.text.contains(sealed))
    }

    private func mode(of path: String) throws -> Int {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        return Int(status.st_mode & 0o7777)
    }
}
