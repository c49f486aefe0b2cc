import Holdfast
import HoldfastModel

/// What follows a check: what it found is written down, surveyed and salvaged, as far as it was asked for and can be.
struct RepairRun {
    let context: ClusterContext
    let session: Session
    let repairs: Bool
    let isDryRun: Bool
    let log: DamageLog

    /// An error takes nothing from what was found before it: it is in the report.
    func run(_ result: CheckResult, _ request: CheckRequest) async -> RepairReport {
        var report = RepairReport(log: log)
        do { try await run(result, request, into: &report) } catch { report.failure = Failure(error) }
        return report
    }

    private func run(_ result: CheckResult, _ request: CheckRequest, into report: inout RepairReport) async throws {
        if repairs && !isDryRun {
            let check = CheckRepository(repository: context.repository)
            report.isRecorded = try await check.record(result, at: context.now, by: session.hostName)
            if !report.isRecorded { session.note("holdfast: the store does not let this host write down what was found") }
        }
        guard !result.damagedSnapshots.isEmpty, case .data(100...) = request.depth else { return }
        guard let keys = request.keys else {
            session.note("holdfast: which files of the damaged snapshots still stand is unknown without keys")
            return
        }
        let repair = RepairRepository(context.repository, keys: keys, witness: context.witness)
        report.findings = try await repair.run(result, settings) { log.add($1, of: $0) }
    }

    /// Nil where damage is only to be told.
    private var settings: RepairSettings? {
        guard repairs else { return nil }
        var settings = RepairSettings(
            now: context.now, node: session.hostName, recovery: context.project.recovery,
            packByteCount: context.cluster.packSize, tool: Version.tool)
        settings.isDryRun = isDryRun
        return settings
    }
}
