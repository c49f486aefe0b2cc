import CPosix
import Glibc
package import HoldfastModel

/// Finds the passphrase by the first way that is open, and asks a person only where there is one.
package struct PassphraseSource: Sendable {
    /// Whether the passphrase will be compared with one that is known, or is a new one and so asked for twice.
    package enum Purpose: Hashable, Sendable { case opening, creation }

    private let ways: PassphraseWays
    /// What a descriptor gave, which gives it once.
    private let given: GivenPassphrase
    private let terminalPath: String
    private let isInteractive: @Sendable () -> Bool

    /// Asks on `/dev/tty`, but only if standard input or standard error is a terminal. `given`: one for all sources of one descriptor.
    package init(_ ways: PassphraseWays, given: GivenPassphrase) {
        self.init(ways, given: given, terminalPath: "/dev/tty") { isatty(STDIN_FILENO) == 1 || isatty(STDERR_FILENO) == 1 }
    }

    /// Asks on another terminal than the process's own.
    package init(
        _ ways: PassphraseWays, given: GivenPassphrase, terminalPath: String, isInteractive: @escaping @Sendable () -> Bool
    ) {
        self.ways = ways
        self.given = given
        self.terminalPath = terminalPath
        self.isInteractive = isInteractive
    }

    /// For `LocalKeyring` and `KeyringProtection`.
    package func provider(for purpose: Purpose) -> PassphraseProvider {
        { () throws(KeyManagerError) in try read(for: purpose) }
    }

    /// Blocks while a person types, or until the other end of a given descriptor closes; fails at once where there is no way.
    package func read(for purpose: Purpose) throws(KeyManagerError) -> Secret {
        switch try ways.origin(exists: { unsafe access($0, F_OK) == 0 }, hasTerminal: isInteractive() && canOpenTerminal) {
        case .descriptor(let descriptor):
            try given.get { () throws(KeyManagerError) in try PassphraseReader.read(descriptor: descriptor) }
        case .file(let path): try PassphraseReader.read(file: path)
        case .ownFile(let path): try PassphraseReader.read(ownFile: path)
        case .terminal: try PassphrasePrompt.ask(for: purpose, on: terminalPath)
        }
    }

    private var canOpenTerminal: Bool {
        do throws(PosixError) {
            _ = try OwnedFile(open: terminalPath, O_RDWR | O_NOCTTY)
            return true
        } catch {
            return false
        }
    }
}
