import CPosix
import Glibc

/// A terminal that shows nothing of what is typed, for as long as this value lives, or until a signal ends the process.
///
/// One at a time: signal handlers know only what is global. Ctrl-Z does nothing meanwhile, so that no shell is left silent.
@safe
struct TerminalSilence: ~Copyable {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    init(of terminal: borrowing OwnedFile) throws(PosixError) {
        let (descriptor, path) = (terminal.descriptor, terminal.path)
        var settings = termios()
        try posix("tcgetattr", path) { unsafe tcgetattr(descriptor, &settings) }
        unsafe silenced.pointee = Silenced(descriptor: descriptor, settings: settings)
        for signal in Self.signals { Self.restoreTerminal(on: signal) }
        settings.c_lflag &= ~tcflag_t(ECHO)
        settings.c_cc.10 = 0  // VSUSP: no character suspends
        do throws(PosixError) {
            try posix("tcsetattr", path) { unsafe tcsetattr(descriptor, TCSAFLUSH, &settings) }
        } catch {
            Self.restoreHandlers()
            throw error
        }
    }

    deinit {
        unsafe tcsetattr(silenced.pointee.descriptor, TCSANOW, &silenced.pointee.settings)
        Self.restoreHandlers()
    }

    /// A signal that is ignored stays so.
    private static func restoreTerminal(on signal: Int32) {
        let former = unsafe formerActions + Int(signal)
        unsafe sigaction(signal, nil, former)
        guard unsafe unsafeBitCast(former.pointee.__sigaction_handler.sa_handler, to: Int.self) != ignored else { return }
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = restoreAndRaise
        unsafe sigaction(signal, &action, nil)
    }

    private static func restoreHandlers() {
        for signal in signals { unsafe sigaction(signal, formerActions + Int(signal), nil) }
    }
}

private struct Silenced {
    var descriptor: Int32
    var settings: termios
}

/// SIG_IGN as a number: C gives it as a cast that Swift does not import.
private let ignored = 1

/// Memory that a signal handler may touch: plain, allocated once, and set before any handler is.
nonisolated(unsafe) private let silenced: UnsafeMutablePointer<Silenced> = {
    let place = UnsafeMutablePointer<Silenced>.allocate(capacity: 1)
    unsafe place.initialize(to: Silenced(descriptor: -1, settings: termios()))
    return unsafe place
}()

/// The actions that were in force before, by signal number.
nonisolated(unsafe) private let formerActions: UnsafeMutablePointer<sigaction> = {
    let places = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
    unsafe places.initialize(repeating: sigaction(), count: 65)
    return unsafe places
}()

/// Puts the terminal right and lets the signal do what it would have done. All three calls are async-signal-safe.
private func restoreAndRaise(_ signal: Int32) {
    unsafe tcsetattr(silenced.pointee.descriptor, TCSANOW, &silenced.pointee.settings)
    unsafe sigaction(signal, formerActions + Int(signal), nil)
    raise(signal)
}
