import CPosix
import Glibc
import HoldfastCrypto
import HoldfastModel

/// Asks a person for a passphrase on a terminal, without showing it.
enum PassphrasePrompt {
    static func ask(for purpose: PassphraseSource.Purpose, on path: String) throws(KeyManagerError) -> Secret {
        let terminal = try PassphraseReader.naming(path) { () throws(PosixError) in try OwnedFile(open: path, O_RDWR | O_NOCTTY) }
        let silence = try PassphraseReader.naming(path) { () throws(PosixError) in try TerminalSilence(of: terminal) }
        defer { withExtendedLifetime(silence) {} }
        switch purpose {
        case .opening: return try ask("Passphrase of the keyring: ", on: terminal)
        case .creation: return try askTwice(on: terminal)
        }
    }

    private static func askTwice(on terminal: borrowing OwnedFile) throws(KeyManagerError) -> Secret {
        let passphrase = try ask("New passphrase: ", on: terminal)
        let again = try ask("The same again: ", on: terminal)
        guard equal(passphrase, again) else { throw .passphrase(terminal.path, detail: "the two passphrases differ") }
        return passphrase
    }

    private static func equal(_ a: borrowing Secret, _ b: borrowing Secret) -> Bool {
        ConstantTime.equal(a.bytes, b.bytes)
    }

    private static func ask(_ question: String, on terminal: borrowing OwnedFile) throws(KeyManagerError) -> Secret {
        try write(question, on: terminal)
        let answer = try PassphraseReader.read(terminal.descriptor, name: terminal.path, to: .ofLine)
        try write("\n", on: terminal)
        return answer
    }

    private static func write(_ text: String, on terminal: borrowing OwnedFile) throws(KeyManagerError) {
        let bytes = Array(text.utf8)
        try PassphraseReader.naming(terminal.path) { () throws(PosixError) in try terminal.write(bytes.span) }
    }
}
