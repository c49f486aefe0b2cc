import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast drill`
struct DrillCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Show that backups restore: restore a sample, compare every hash, throw it away.",
        discussion: """
            Example: holdfast drill --if-due

            For each cluster, or the one that --cluster names: the newest snapshot of every source, and for every old CMK that \
            snapshots still need the newest one that only it opens. Of each as much as --sample says (1 GiB, or what drill: of the \
            project file says) is restored as restore does it, into a fresh directory; then kinds, sizes, modes, times, links and \
            every chunk's hash are read back from the disk and compared with the snapshot. Nothing of it stays. The next drill \
            goes on where this one ended, so that in the end every byte was restored once; a snapshot that is no larger than the \
            sample is restored whole. What failed is taken again by each drill of the cluster, until it passes or the snapshot is gone.

            What was shown is remembered on this machine. status and keys audit tell when the last drill failed (critical), \
            and, where the project file has drill: {every: 7 days}, when none has passed for twice as long. With --if-due nothing \
            is done before it is due: for a timer that runs each day (docs/examples/holdfast-drill.timer).

            Exit 15: something came back other than it was stored, or not at all; 14: a CMK is gone. All clusters are tried, \
            and the gravest code counts.

            JSON lines: those of {message_type: "status"} that restore has, one {message_type: "drilled", cluster, snapshot_id, \
            node, source, time, cmk, old_cmk (it stands for one), whole, files, bytes, total_files, total_bytes, outcome (passed, \
            failed, unfinished), errors [{path, path_b64, message}], error_count, notes[]} for each snapshot, then one {message_type: \
            "summary", clusters [{name, due, outcome (or null), snapshots[], cmks[], files, bytes, failures [exit_error: {code, \
            message, object}]}], total_duration (seconds), exit_code}.
            """)

    @Flag(help: "Restore everything, not a sample.")
    var all = false

    @Option(help: ArgumentHelp("How much of each snapshot: '1 GiB', or '5 %'.", valueName: "amount"))
    var sample: DrillAmount?

    @Option(help: ArgumentHelp("Only this snapshot, by whatever opens it.", valueName: "id"))
    var snapshot: String?

    @Option(
        help: ArgumentHelp("Restore below this directory; default: TMPDIR, or the user's cache.", valueName: "dir"),
        completion: .directory)
    var into: String?

    @Flag(help: "Only what is due by drill: of the project file.")
    var ifDue = false

    @Option(help: ArgumentHelp("Draw the sample by this number, so that it can be drawn again.", valueName: "number"))
    var seed: UInt64?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if all && sample != nil { throw ValidationError("--all or --sample, not both") }
        if ifDue && snapshot != nil { throw ValidationError("--if-due is for whole clusters, not for one --snapshot") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let start = ContinuousClock.now
        let project = try ProjectContext(session)
        let clusters = snapshot == nil ? try project.chosenClusters() : [try project.cluster()]
        let request = ClusterDrill.Request(
            amount: all ? .everything : sample ?? project.project.drill?.amount ?? .standard, snapshot: snapshot,
            place: into.map(session.absolute), every: try dueEvery(project), isHere: isHere(project), seed: seed)
        var reports: [ClusterDrill.Report] = []
        for cluster in clusters {
            reports.append(try await ClusterDrill(project: project, cluster: cluster, request: request).run())
        }
        if let error = reports.compactMap(\.outputError).first { throw error }
        let status = reports.flatMap(\.failures).map(\.status).reduce(.done, ExitStatus.worst)
        try show(reports, status, seconds: Int64((ContinuousClock.now - start) / .seconds(1)), in: session)
        return status
    }

    /// Nil where it is not asked what is due.
    private func dueEvery(_ project: ProjectContext) throws -> Period? {
        guard ifDue else { return nil }
        guard let plan = project.project.drill else {
            throw Failure(
                .usage, "nothing says how often to drill", project.file,
                "write drill: {every: 7 days} into it, or leave --if-due out")
        }
        return plan.every
    }

    /// Whether drills that are due are this machine's.
    private func isHere(_ project: ProjectContext) -> Bool {
        project.project.drill.map { $0.concerns(project.session.hostName) } ?? true
    }

    private func show(
        _ reports: [ClusterDrill.Report], _ status: ExitStatus, seconds: Int64, in session: Session
    ) throws {
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "summary", "clusters": .array(reports.map { .object($0.json) }),
                "total_duration": .integer(seconds),
                "exit_code": .integer(Int64(status.rawValue)),
            ])
        }
        guard !session.options.isQuiet else { return }
        for report in reports { try session.output.print(Table.printable(report.line)) }
    }
}

extension DrillAmount: ExpressibleByArgument {
    /// Nil where the text is none.
    public init?(argument: String) { self.init(argument) }
}
