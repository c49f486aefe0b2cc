import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel

/// The drill of one cluster: each snapshot is tried whatever became of the one before, and what was shown is remembered.
struct ClusterDrill: Sendable {
    struct Request: Sendable {
        let amount: DrillAmount
        /// The one that is named; nil: those that stand for the cluster.
        let snapshot: String?
        /// An absolute path; nil: the default.
        let place: String?
        /// Only where none has passed for so long.
        let every: Period?
        /// What is due is this machine's to do.
        let isHere: Bool
        let seed: UInt64?
    }

    let project: ProjectContext
    let cluster: Cluster
    let request: Request

    private var session: Session { project.session }

    /// Throws only what ends the whole command: an interruption, which is remembered as a drill that shows nothing.
    func run() async throws -> Report {
        var report = Report(cluster: cluster.name, at: session.now, coversCluster: request.snapshot == nil)
        let memory = try cluster.id.map { DrillMemoryFile(at: try session.drillsPath(of: $0)) }
        guard try isDue(memory) else {
            report.isDue = false
            return report
        }
        var sweeps: [String: DrillSweep] = [:]
        do {
            try await drill(&report, memory, &sweeps)
        } catch {
            let failure = Failure(error).inCluster(cluster.name)
            report.failures.append(failure)
            guard failure.status != .interrupted, !(error is OutputClosed) else {
                try remember(report, [:], in: memory)
                throw error is OutputClosed
                    ? error : Failure(.interrupted, "interrupted", cluster.name, "nothing is left of it: run it again")
            }
            session.output.fail(failure, asJSON: session.options.isJSON)
        }
        try remember(report, sweeps, in: memory)
        return report
    }

    private func isDue(_ memory: DrillMemoryFile?) throws -> Bool {
        guard let every = request.every else { return true }
        guard request.isHere else { return false }
        return try memory.map { DrillHistory(try $0.read()).isDue(every: every, at: session.now) } ?? true
    }

    private func drill(_ report: inout Report, _ memory: DrillMemoryFile?, _ sweeps: inout [String: DrillSweep]) async throws {
        let context = try await project.open(cluster)
        let reading = try await context.reading()
        if !reading.alarms.isEmpty { fail(HoldfastError.alarm(reading.alarms.map(\.description)), &report) }
        let choice = try choose(from: reading.snapshots)
        for snapshot in choice.unreadable {
            fail(HoldfastError.inconsistent("snapshot \(snapshot.id)", detail: "it cannot be read (\(snapshot.why))"), &report)
        }
        let former = try memory?.sweeps() ?? [:]
        for turn in choice.turns {
            let sweep =
                request.seed.map { DrillSweep(key: $0) } ?? former[turn.subject] ?? DrillSweep(key: UInt64.random(in: 0 ... .max))
            let drilled = try await take(turn, at: sweep, in: context)
            report.drilled.append(drilled)
            try drilled.show(cluster: cluster.name, in: session)
            if let failure = drilled.failure {
                fail(failure, &report)
            } else if request.seed == nil, request.snapshot == nil, case .success(let result) = drilled.result {
                sweeps[turn.subject] = result.next ?? sweep
            }
        }
    }

    private func choose(from views: [SnapshotView]) throws -> DrillChoice {
        guard let name = request.snapshot else { return DrillChoice(of: views, recovery: Set(project.project.recovery)) }
        return DrillChoice(try SelectSnapshot().select(name, among: views))
    }

    /// One snapshot. Throws where the whole command is to end.
    private func take(_ turn: DrillChoice.Turn, at sweep: DrillSweep, in context: ClusterContext) async throws -> Drilled {
        let progress = RestoreProgress()
        let drill = Drill(context.repository, keys: context.keys, progress: progress)
        let amount = turn.isForCMK ? request.amount.forOldCMK : request.amount
        let place = try request.place ?? session.drillPlace(of: context.repository.id)
        do {
            let result = try await ProgressDisplay(session: session, source: .restore(progress)).during {
                try await drill.run(turn, amount, at: sweep, in: place)
            }
            return Drilled(turn: turn, result: .success(result))
        } catch {
            let failure = Failure(error)
            guard failure.status != .interrupted else { throw error }
            return Drilled(turn: turn, result: .failure(failure))
        }
    }

    private func fail(_ error: any Error, _ report: inout Report) {
        let failure = Failure(error).inCluster(cluster.name)
        report.failures.append(failure)
        session.output.fail(failure, asJSON: session.options.isJSON)
    }

    /// An empty cluster has nothing to show, and nothing to remember.
    private func remember(_ report: Report, _ sweeps: [String: DrillSweep], in memory: DrillMemoryFile?) throws {
        guard !report.isEmpty else { return }
        try memory?.add(report.record, sweeps: sweeps)
    }
}

extension Session {
    func drillsPath(of id: RepositoryID) throws -> String { try stateDirectory(of: id) + "/drills.sqlite" }

    /// Where drills restore to if nobody says where: what lies there takes room on a disk, and is nobody else's to see.
    fileprivate func drillPlace(of id: RepositoryID) throws -> String {
        if let directory = variable("TMPDIR"), directory.hasPrefix("/") { return directory }
        return try cacheDirectory(of: id)
    }
}
