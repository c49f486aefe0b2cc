import CPosix
import Dispatch
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("Asking for a passphrase on a terminal", .serialized)
struct PassphrasePromptTests {
    @Test("what is typed is not shown, and afterwards the terminal shows it again")
    func opening() async throws {
        let terminal = try PseudoTerminal()
        let result = await terminal.answering(["correct horse battery"], for: .opening)
        #expect(result.passphrase == Array("correct horse battery".utf8))
        #expect(result.shown == "Passphrase of the keyring: \r\n")
        #expect(terminal.showsWhatIsTyped)
    }

    @Test("a new passphrase is asked for twice, and both must be the same")
    func creation() async throws {
        let terminal = try PseudoTerminal()
        let same = await terminal.answering(["correct horse battery", "correct horse battery"], for: .creation)
        #expect(same.passphrase == Array("correct horse battery".utf8))
        let differing = await terminal.answering(["correct horse battery", "correct horse buttery"], for: .creation)
        #expect(differing.error == .passphrase(terminal.path, detail: "the two passphrases differ"))
        #expect(terminal.showsWhatIsTyped)
    }

    @Test("an empty answer is an error")
    func empty() async throws {
        let terminal = try PseudoTerminal()
        let result = await terminal.answering([""], for: .opening)
        #expect(result.error == .passphrase(terminal.path, detail: "the passphrase is empty"))
    }

    @Test("a signal finds the terminal as it was before, and does what it would have done", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(_ signal: Int32) async {
        await #expect(processExitsWith: .exitCode(42)) { [signal] in
            let terminal = try PseudoTerminal()
            unsafe echoAtSignal.pointee = terminal.slave
            Glibc.signal(signal) { _ in
                var settings = termios()
                unsafe tcgetattr(echoAtSignal.pointee, &settings)
                _exit(settings.c_lflag & tcflag_t(ECHO) != 0 ? 42 : 43)
            }
            terminal.startAsking(for: .opening) { _ in _exit(44) }
            _ = terminal.readUntil("keyring: ")
            if terminal.showsWhatIsTyped { _exit(45) }
            kill(getpid(), signal)
            while true { pause() }
        }
    }
}

nonisolated(unsafe) private let echoAtSignal: UnsafeMutablePointer<Int32> = {
    let place = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    unsafe place.initialize(to: -1)
    return unsafe place
}()

/// A terminal whose keyboard and screen are in the test's hands.
private final class PseudoTerminal: Sendable {
    struct Outcome: Sendable {
        var passphrase: [UInt8]?
        var error: KeyManagerError?
        var shown = ""
    }

    struct CallFailed: Error {}

    /// TIOCSPTLCK and TIOCGPTN, which C writes as macros that Swift does not import.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    let master: Int32
    let slave: Int32
    let path: String

    init() throws {
        master = unsafe posix_openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC, 0)
        var (locked, number): (Int32, UInt32) = (0, 0)
        guard unsafe ioctl(master, Self.setLock, &locked) == 0, unsafe ioctl(master, Self.getNumber, &number) == 0 else {
            throw CallFailed()
        }
        path = "/dev/pts/\(number)"
        slave = unsafe posix_openat(AT_FDCWD, path, O_RDWR | O_NOCTTY | O_CLOEXEC, 0)
        guard slave >= 0 else { throw CallFailed() }
    }

    deinit {
        close(slave)
        close(master)
    }

    var showsWhatIsTyped: Bool {
        var settings = termios()
        unsafe tcgetattr(slave, &settings)
        return settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Asks on a thread of its own, since asking blocks.
    func startAsking(for purpose: PassphraseSource.Purpose, _ done: @escaping @Sendable (Outcome) -> Void) {
        let source = PassphraseSource(.init(), given: GivenPassphrase(), terminalPath: path) { true }
        DispatchQueue(label: "a person's terminal").async {
            do throws(KeyManagerError) {
                let secret = try source.read(for: purpose)
                done(Outcome(passphrase: secret.bytes.indices.map { secret.bytes[$0] }))
            } catch {
                done(Outcome(error: error))
            }
        }
    }

    /// Types each answer when it is asked for.
    func answering(_ answers: [String], for purpose: PassphraseSource.Purpose) async -> Outcome {
        async let outcome = withCheckedContinuation { continuation in
            startAsking(for: purpose) { continuation.resume(returning: $0) }
        }
        var shown = ""
        for answer in answers {
            shown += readUntil(": ")
            let line = answer + "\n"
            _ = unsafe write(master, line, line.utf8.count)
        }
        if answers != [""] { shown += readUntil("\n") }
        var result = await outcome
        result.shown = shown
        return result
    }

    /// What the terminal shows, up to and with `end`.
    func readUntil(_ end: String) -> String {
        var shown = ""
        while !shown.hasSuffix(end) && !shown.hasSuffix("\r\n") {
            var byte: UInt8 = 0
            guard unsafe read(master, &byte, 1) == 1 else { break }
            shown.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return shown
    }
}
