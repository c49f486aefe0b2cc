import Holdfast
import HoldfastFormat
import HoldfastModel

/// One tick: every cluster's due snapshots, then its prune. It takes no lock of its own; each step is safe beside another run.
struct Tick: Sendable {
    let session: Session
    let node: String
    let storage: BackupStorageOptions
    let isDryRun: Bool

    struct Outcome: Sendable {
        let status: ExitStatus
        /// The next instant of any schedule here; nil where nothing is scheduled.
        let next: Timestamp?
    }

    func run() async throws -> Outcome {
        let project = try ProjectContext(session)
        noteUnknownNode(in: try project.chosenClusters())
        var reports: [ClusterTick.Report] = []
        for cluster in try project.chosenClusters() {
            reports.append(try await ClusterTick(tick: self, project: project, cluster: cluster).run())
        }
        let audit = try await audit(project, Set(reports.filter(\.couldNotReachKeyManager).map(\.cluster)))
        let status = reports.map(\.status).reduce(audit, ExitStatus.worst)
        try show(reports, status)
        return Outcome(status: status, next: reports.flatMap(\.nextInstants).min())
    }

    /// One that fails is told, and takes nothing from what was done before it.
    private func audit(_ project: ProjectContext, _ failedClusters: Set<String>) async throws -> ExitStatus {
        do {
            let outcome = try await Audit(project: project).run(failedClusters: failedClusters, isDryRun: isDryRun)
            try show(outcome)
            return outcome.status
        } catch {
            return session.tell([try Failure(passing: error)])
        }
    }

    /// A host that only prunes has no node; one whose name was changed has none either, and its backups would end without a word.
    private func noteUnknownNode(in clusters: [Cluster]) {
        guard clusters.allSatisfy({ $0.node(named: node) == nil }) else { return }
        let known = Set(clusters.flatMap(\.nodes).map(\.name)).sorted().joined(separator: ", ")
        session.note(
            "no cluster has a node \(node): no snapshot is taken here"
                + (known.isEmpty ? "" : "; the project has \(known): name one with --node"))
    }

    private func show(_ audit: AuditOutcome) throws {
        if session.options.isJSON { return try session.output.print(audit.json) }
        for line in audit.news { try session.output.print(line) }
    }

    private func show(_ reports: [ClusterTick.Report], _ status: ExitStatus) throws {
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "tick", "dry_run": .bool(isDryRun), "node": .string(node),
                "clusters": .array(reports.map { .object($0.json) }), "exit_code": .integer(Int64(status.rawValue)),
            ])
        }
        guard !session.options.isQuiet else { return }
        for line in reports.flatMap({ $0.lines(isDryRun: isDryRun) }) { try session.output.print(line) }
    }
}
