import Holdfast
import HoldfastModel
import HoldfastStorage
import Synchronization

/// One cluster's part of a tick.
struct ClusterTick: Sendable {
    let tick: Tick
    let project: ProjectContext
    let cluster: Cluster

    /// What was done, and what failed: nothing of it stops another cluster.
    struct Report: Sendable {
        let cluster: String
        var due: [DueSource] = []
        var nextInstants: [Timestamp] = []
        var taken: [(source: String, snapshot: SnapshotID)] = []
        /// Sources that another run is at, or has taken meanwhile.
        var skipped: [String] = []
        var failures: [Failure] = []
        var status = ExitStatus.done

        var couldNotReachKeyManager: Bool { failures.contains { $0.status == .keyManagerUnreachable } }

        mutating func fail(_ failure: Failure) {
            failures.append(failure)
            status = ExitStatus.worst(status, failure.status)
        }
    }

    private var session: Session { tick.session }

    func run() async throws -> Report {
        var report = Report(cluster: cluster.name)
        // What is told of the snapshots and the prune below names no cluster.
        if !session.options.isJSON, !session.options.isQuiet { try session.output.print("cluster \(cluster.name)") }
        do {
            let context = try await project.open(cluster)
            try await take(in: context, &report)
            try await prune(context, &report)
        } catch {
            try note(error, &report)
        }
        return report
    }

    private func take(in context: ClusterContext, _ report: inout Report) async throws {
        guard let node = cluster.node(named: tick.node) else { return }
        try context.requireAgreeingClocks()
        let sources = try await dueSources(of: node, in: context)
        report.nextInstants = sources.compactMap(\.run.next)
        report.due = sources.filter(\.run.isDue)
        guard !tick.isDryRun, !report.due.isEmpty else { return }
        let due = report.due
        do {
            let forbidden = project.repositoryRoots()
            // Whatever ends it, what was done until then is told.
            try await NodeHooks(node: node, witness: context.witness).around {
                for source in due { try await take(source, of: node, in: context, forbidden, &report) }
            }
        } catch HoldfastError.busy(_) {
            report.skipped += due.map(\.source.name)
        } catch {
            try note(error, &report)
        }
    }

    private func dueSources(of node: Node, in context: ClusterContext) async throws -> [DueSource] {
        let views = try await context.read(session).snapshots
        return cluster.dueSources(of: node, among: views.filter(\.log.exists).compactMap(\.log.header), at: context.now)
    }

    private func take(
        _ due: DueSource, of node: Node, in context: ClusterContext, _ forbidden: Set<FileIdentity>, _ report: inout Report
    ) async throws {
        let name = due.source.name
        do {
            var run = BackupRun(
                session: session, context: context, input: BackupInput(node: node.name, due.source), options: tick.storage,
                base: try await BackupBase(context: context).choose(tick.storage.base),
                excludes: try due.source.exclude.map { try Glob(written: $0) }, forbidden: forbidden)
            run.items = due.run.items
            run.beforeStart = { () throws(HoldfastError) in try await requireStillDue(due, of: node, in: context) }
            run.beforeCommit = { figures throws(HoldfastError) in try Self.requireContent(figures, due) }
            let backup = try await run.run()
            try backup.show(in: session)
            report.taken.append((name, backup.summary.snapshot))
            report.status = ExitStatus.worst(report.status, backup.status)
        } catch HoldfastError.busy(_) {
            report.skipped.append(name)
        } catch {
            try note(error, &report)
        }
    }

    /// Two ticks at once find the same source due: the second looks again once the first has let it go.
    private func requireStillDue(
        _ due: DueSource, of node: Node, in context: ClusterContext
    ) async throws(HoldfastError) {
        let views = try await context.repository.readSnapshots(catalog: context.catalog)
        let headers = views.filter(\.log.exists).compactMap(\.log.header)
        let isDue = cluster.dueSources(of: node, among: headers, at: context.now).contains {
            $0.source == due.source && $0.run.isDue
        }
        if !isDue { throw .busy("\(node.name)/\(due.source.name)") }
    }

    /// An empty directory where files were is most likely a file system that is not mounted.
    private static func requireContent(_ figures: BackupProgress.Figures, _ due: DueSource) throws(HoldfastError) {
        let count = figures.filesNew + figures.filesChanged + figures.filesUnmodified
        guard count == 0, let former = due.newestFileCount, former > 0 else { return }
        throw .refused(
            "source \(due.source.name) has no files, and its last snapshot has \(former): no snapshot was taken",
            object: due.source.name, remedy: "if it is mounted and meant to be empty: holdfast backup --source \(due.source.name)"
        )
    }

    private func prune(_ context: ClusterContext, _ report: inout Report) async throws {
        let (prune, alarms) = try await context.prune(session, isDryRun: tick.isDryRun)
        try prune.show(in: session)
        if let failure = prune.failure { try note(failure, &report) }
        if !alarms.isEmpty { report.status = ExitStatus.worst(report.status, .damaged) }
    }

    /// Tells a failure and goes on; an interruption ends the whole run.
    private func note(_ error: any Error, _ report: inout Report) throws {
        let failure = try Failure(passing: error)
        session.output.fail(failure, asJSON: session.options.isJSON)
        report.fail(failure)
    }
}
