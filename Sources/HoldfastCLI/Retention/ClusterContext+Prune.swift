import Holdfast
import HoldfastModel

extension ClusterContext {
    /// Prunes the cluster. What the witness misses is told, and nothing of it is removed.
    func prune(
        _ session: Session, isConfirmed: Bool = false, isDryRun: Bool
    ) async throws -> (report: PruneReport, alarms: [WitnessAlarm]) {
        try requireAgreeingClocks()
        let alarms = try await reading().alarms
        for alarm in alarms { session.note("holdfast: \(alarm): nothing of it is removed; see holdfast check") }
        let prune = Prune(
            repository: repository, witness: witness, removeTemporaries: store.removeTemporaries)
        var request = PruneRequest(
            policy: cluster.policy, backupsAreOn: cluster.isBackupOn, at: session.options.time, by: hostName)
        request.isConfirmed = isConfirmed
        request.isDryRun = isDryRun
        request.alarms = alarms
        let result = try await prune.run(request)
        return (PruneReport(result: result, cluster: cluster.name, isDryRun: isDryRun), alarms)
    }
}
