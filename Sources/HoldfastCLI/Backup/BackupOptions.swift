import ArgumentParser
import HoldfastModel
import HoldfastStorage

/// What `backup` reads, and what it leaves out.
struct BackupSourceOptions: ParsableArguments {
    @Option(help: "The node that the snapshot is of; default: this host's name.", transform: ProjectNames.argument)
    var node: String?

    @Option(help: "The source's name; default: `default`, or each configured source.", transform: ProjectNames.argument)
    var source: String?

    @Option(help: ArgumentHelp("Leave out what matches; again for more.", valueName: "glob"))
    var exclude: [String] = []

    @Option(help: "A file of patterns, one a line, to leave out.", completion: .file())
    var excludeFile: [String] = []

    @Flag(help: "Of directories with a valid CACHEDIR.TAG keep only that.")
    var excludeCaches = false

    @Flag(help: "Stay on the file system of each path.")
    var oneFileSystem = false

    @Flag(help: "Take standard input as one file.")
    var stdin = false

    @Option(
        help: "What the file of --stdin or --from-command is called, as in db/app.dump.",
        transform: BackupSourceOptions.streamName)
    var stdinFilename: StreamName?

    @Flag(help: "Take the output of the command after `--` as one file; no snapshot where it fails or gives nothing.")
    var fromCommand = false

    func validate() throws {
        if stdinFilename != nil, !stdin, !fromCommand {
            throw ValidationError("--stdin-filename needs --stdin or --from-command")
        }
    }

    @Sendable private static func streamName(_ text: String) throws -> StreamName {
        guard let name = StreamName(text) else { throw ValidationError("'\(text)' is \(StreamName.rule)") }
        return name
    }
}

/// How `backup` stores it.
struct BackupStorageOptions: ParsableArguments {
    @Option(help: "A tag; again for more.")
    var tag: [String] = []

    @Option(help: "How long to keep it, as '30 days'; default: the policy's on_demand.", transform: Period.argument)
    var keep: Period?

    @Option(help: "The earlier snapshot to refer to, or `none` for a full one.")
    var base: String?

    @Option(help: "How many files are read at once, 1 to 64; of those over 1 MiB half as many.")
    var readConcurrency = 4

    @Option(help: "The zstd level, 1 to 19.")
    var compression = 3

    func validate() throws {
        guard (1...64).contains(readConcurrency) else { throw ValidationError("--read-concurrency takes 1 to 64") }
        guard (1...19).contains(compression) else { throw ValidationError("--compression takes 1 to 19") }
    }
}
