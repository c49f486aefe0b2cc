import Holdfast
import HoldfastCatalog
import HoldfastModel

extension ClusterContext {
    /// Prunes the cluster. What the witness misses is told, and nothing of it is removed.
    ///
    /// `isFull`: packs without a log are looked for in every owner's place, whatever an earlier run found there.
    func prune(
        _ session: Session, isConfirmed: Bool = false, isFull: Bool = false, isDryRun: Bool
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
        request.isFull = isFull
        request.settledOwners = catalog.settledOwners()
        let result = try await prune.run(request)
        if result.stopped.isEmpty, !isDryRun { catalog.settle(result.settledOwners) }
        return (PruneReport(result: result, cluster: cluster.name, isDryRun: isDryRun), alarms)
    }
}
