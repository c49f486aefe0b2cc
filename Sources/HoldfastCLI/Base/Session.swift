import FoundationEssentials
import HoldfastModel
import HoldfastStorage

/// What one run of a command has: its options, its surroundings, and where its output goes.
struct Session: Sendable {
    let options: SessionOptions
    let environment: [String: String]
    /// An absolute path.
    let workingDirectory: String
    let output: Output
    /// Known for the whole run: where that goes on for ever, the project file is read again and again.
    let givenPassphrase = GivenPassphrase()

    init(options: GlobalOptions, environment: [String: String], workingDirectory: String, output: Output) {
        self.options = SessionOptions(options)
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.output = output
    }

    /// This machine's clock, or `--time`.
    var now: Timestamp { options.time ?? SystemClock.now }

    /// This host's name, as nodes and records bear it.
    var hostName: String { ProcessInfo.processInfo.hostName }

    /// A variable that is set to something.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A path of the command line as an absolute one; no file system is asked.
    func absolute(_ path: String) -> String { LexicalPath.absolute(path, from: workingDirectory) }

    /// Tells what failed beside what was answered, and answers what the run ends with then.
    func tell(_ failures: [Failure]) -> ExitStatus {
        for failure in failures { output.fail(failure, asJSON: options.isJSON) }
        return failures.map(\.status).reduce(.done, ExitStatus.worst)
    }

    /// A remark for people, on standard error; not under `--quiet` or `--json`.
    func note(_ text: String) {
        if !options.isQuiet && !options.isJSON { output.note(text) }
    }
}

/// The global options as plain values.
struct SessionOptions: Sendable {
    let project: String?
    let cluster: String?
    let isJSON: Bool
    let isQuiet: Bool
    let isVerbose: Bool
    let passphraseFile: String?
    let passphraseDescriptor: Int32?
    let time: Timestamp?

    init(_ options: GlobalOptions) {
        project = options.project
        cluster = options.cluster
        isJSON = options.json
        isQuiet = options.quiet
        isVerbose = options.verbose
        passphraseFile = options.passphraseFile
        passphraseDescriptor = options.passphraseFd
        time = options.time
    }
}
