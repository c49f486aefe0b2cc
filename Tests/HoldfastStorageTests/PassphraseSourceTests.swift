import CPosix
import FoundationEssentials
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("Where a passphrase is taken from")
struct PassphraseSourceTests {
    let fixture: KeyringFixture
    var path: String { fixture.directory + "/passphrase" }

    init() throws { fixture = try KeyringFixture() }

    static let all = PassphraseWays(descriptor: 7, file: "/f", credentialsDirectory: "/c", projectFile: "/p")

    @Test(
        "the first way that is open is taken",
        arguments: [
            (PassphraseWays(descriptor: 7, file: "/f", credentialsDirectory: "/c", projectFile: "/p"), .descriptor(7)),
            (PassphraseWays(file: "/f", credentialsDirectory: "/c", projectFile: "/p"), .file("/f")),
            (PassphraseWays(credentialsDirectory: "/c", projectFile: "/p"), .file("/c/holdfast")),
            (PassphraseWays(credentialsDirectory: "/other", projectFile: "/p"), .ownFile("/p")),
            (PassphraseWays(credentialsDirectory: "/other"), .terminal),
            (PassphraseWays(), .terminal),
        ] as [(PassphraseWays, PassphraseOrigin)])
    func order(ways: PassphraseWays, expected: PassphraseOrigin) throws {
        #expect(try ways.origin(exists: { $0 == "/c/holdfast" }, hasTerminal: true) == expected)
    }

    @Test("without any way the error names them all, at once")
    func noWay() throws {
        let source = PassphraseSource(
            .init(credentialsDirectory: fixture.directory), given: GivenPassphrase(), terminalPath: "/dev/tty"
        ) { false }
        let error = #expect(throws: KeyManagerError.self) { _ = try source.read(for: .opening).count }
        for way in [
            "--passphrase-fd", "--passphrase-file", "HOLDFAST_PASSPHRASE_FILE", "$CREDENTIALS_DIRECTORY", "passphrase_file:",
        ] {
            #expect("\(String(describing: error))".contains(way))
        }
    }

    @Test("a terminal that cannot be opened is none")
    func noTerminal() {
        let source = PassphraseSource(.init(), given: GivenPassphrase(), terminalPath: fixture.directory + "/tty") { true }
        let error = #expect(throws: KeyManagerError.self) { _ = try source.read(for: .opening).count }
        #expect("\(String(describing: error))".contains("no passphrase: give"))
    }

    @Test(
        "one line feed at the end is not part of it",
        arguments: [("abc", "abc"), ("abc\n", "abc"), ("abc\n\n", "abc\n"), ("a\nb\r\n", "a\nb\r"), (" é ", " é ")])
    func lineFeed(stored: String, expected: String) throws {
        try write(stored)
        #expect(try read(.init(file: path)) == Array(expected.utf8))
    }

    @Test("what is empty or far too long is no passphrase", arguments: ["", "\n", String(repeating: "a", count: 4097)])
    func refused(stored: String) throws {
        try write(stored)
        #expect(throws: KeyManagerError.self) { try read(.init(file: path)) }
    }

    @Test("a file that is named but not there is an error, and no other way is tried")
    func missing() throws {
        #expect(
            throws: KeyManagerError.passphrase(
                path, detail: "the passphrase cannot be read (No such file or directory); correct the path, or its rights")
        ) {
            try read(.init(file: path, projectFile: "/dev/null"))
        }
    }

    @Test("the project's passphrase file must be closed to others, with the chmod to run", arguments: [0o644, 0o640, 0o602])
    func openProjectFile(_ mode: mode_t) throws {
        try write("abc")
        fixture.setMode(mode, of: path)
        let error = #expect(throws: KeyManagerError.self) { try read(.init(projectFile: path)) }
        #expect("\(String(describing: error))".contains("run chmod 600"))
        fixture.setMode(0o600, of: path)
        #expect(try read(.init(projectFile: path)) == Array("abc".utf8))
    }

    @Test("systemd's credential is read")
    func credential() throws {
        try Data("from systemd".utf8).write(to: URL(filePath: fixture.directory + "/holdfast"))
        #expect(try read(.init(credentialsDirectory: fixture.directory)) == Array("from systemd".utf8))
    }

    @Test("a descriptor is read to its end, in however many pieces, and stays open")
    func descriptor() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { close(ends[0]) }
        for piece in ["correct ", "horse", "\n"] { _ = unsafe Glibc.write(ends[1], piece, piece.utf8.count) }
        close(ends[1])
        #expect(try read(.init(descriptor: ends[0])) == Array("correct horse".utf8))
        #expect(fcntl(ends[0], F_GETFD) >= 0)
    }

    @Test("a descriptor that is not open is an error that names it, and so is one that the program opened itself")
    func foreignDescriptor() {
        let own = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(own) }
        // Beyond all that the tests beside this one may have open.
        for descriptor in [1_999_999_999, own] {
            let error = #expect(throws: KeyManagerError.self) { try read(.init(descriptor: descriptor)) }
            #expect("\(String(describing: error))".contains("descriptor \(descriptor)"))
            #expect("\(String(describing: error))".contains("nobody passed it on"))
        }
    }

    @Test("what a descriptor gave is known when it is asked for again, by another source of the same run as well")
    func askedTwice() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { close(ends[0]) }
        _ = unsafe Glibc.write(ends[1], "horse", 5)
        close(ends[1])
        let given = GivenPassphrase()
        for _ in 0..<2 {
            let secret = try PassphraseSource(.init(descriptor: ends[0]), given: given).read(for: .opening)
            #expect(secret.bytes.indices.map { secret.bytes[$0] } == Array("horse".utf8))
        }
    }

    @Test("a generated passphrase has six words of four letters, is accepted, and is never the same")
    func generated() throws {
        let made = (0..<50).map { _ in
            let passphrase = PassphraseRules.generate()
            return String(decoding: passphrase.bytes.indices.map { passphrase.bytes[$0] }, as: UTF8.self)
        }
        #expect(Set(made).count == 50)
        for passphrase in made {
            let words = passphrase.split(separator: "-", omittingEmptySubsequences: false)
            #expect(words.count == 6)
            #expect(words.allSatisfy { $0.wholeMatch(of: /([bdfghjklmnprstvwyz][aeiou]){2}/) != nil })
        }
    }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func read(_ ways: PassphraseWays) throws -> [UInt8] {
        let secret = try PassphraseSource(ways, given: GivenPassphrase()).read(for: .opening)
        return secret.bytes.indices.map { secret.bytes[$0] }
    }
}
