import ArgumentParser
import HoldfastModel

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: "The project file; default ./holdfast.yaml, then the user's configuration.",
        completion: .file(extensions: ["yaml"]))
    var project: String?

    @Option(name: .shortAndLong, help: "Which cluster; not needed where there is one.")
    var cluster: String?

    @Flag(help: "JSON on standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say less: no progress, no notes.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    @Option(help: "A file with the local keyring's passphrase.", completion: .file())
    var passphraseFile: String?

    @Option(help: "An open descriptor to read the local keyring's passphrase from.")
    var passphraseFd: Int32?

    @Option(help: "Take this time for now: RFC 3339, or 2027-01-31.")
    var time: Timestamp?
}

extension Timestamp: ExpressibleByArgument {
    /// Nil where the text is none.
    public init?(argument: String) { self.init(argument) }
}

extension Period {
    /// A duration as a command line has it.
    @Sendable static func argument(_ text: String) throws -> Period {
        guard let period = Period(written: text) else { throw ValidationError("\(rule), up to 100 years") }
        return period
    }
}
