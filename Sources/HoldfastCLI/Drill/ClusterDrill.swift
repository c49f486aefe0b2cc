import Holdfast
import HoldfastCatalog
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
        guard isDue(memory, &report) else {
            report.isDue = false
            return report
        }
        var sweeps: [String: DrillSweep] = [:]
        do {
            try await drill(&report, memory, &sweeps)
        } catch let closed as OutputClosed {
            throw closed
        } catch {
            let failure = Failure(error)
            guard failure.status != .interrupted else {
                report.failures.append(failure)
                remember(&report, [:], in: memory)
                throw Failure(.interrupted, "interrupted", cluster.name, "nothing is left of it: run it again")
            }
            fail(failure, &report)
        }
        remember(&report, sweeps, in: memory)
        return report
    }

    /// What cannot be known is due.
    private func isDue(_ memory: DrillMemoryFile?, _ report: inout Report) -> Bool {
        guard let every = request.every else { return true }
        guard request.isHere else { return false }
        do throws(WitnessError) {
            return DrillHistory(try memory?.read() ?? []).isDue(every: every, at: session.now)
        } catch {
            fail(error, &report)
            return true
        }
    }

    private func drill(_ report: inout Report, _ memory: DrillMemoryFile?, _ sweeps: inout [String: DrillSweep]) async throws {
        let context = try await project.open(cluster)
        let reading = try await context.reading()
        if !reading.alarms.isEmpty { fail(HoldfastError.alarm(reading.alarms.map(\.description)), &report) }
        let choice = try choose(from: reading.snapshots)
        for snapshot in choice.unreadable {
            fail(HoldfastError.inconsistent("snapshot \(snapshot.id)", detail: "it cannot be read (\(snapshot.why))"), &report)
        }
        let former = formerSweeps(in: memory, &report)
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

    private func formerSweeps(in memory: DrillMemoryFile?, _ report: inout Report) -> [String: DrillSweep] {
        do throws(WitnessError) {
            return try memory?.sweeps() ?? [:]
        } catch {
            fail(error, &report)
            return [:]
        }
    }

    private func fail(_ error: any Error, _ report: inout Report) {
        let failure = Failure(error)
        report.failures.append(failure)
        session.output.fail(failure.inCluster(cluster.name), asJSON: session.options.isJSON)
    }

    /// An empty cluster has nothing to show, and nothing to remember.
    private func remember(_ report: inout Report, _ sweeps: [String: DrillSweep], in memory: DrillMemoryFile?) {
        guard !report.isEmpty else { return }
        do throws(WitnessError) {
            try memory?.add(report.record, sweeps: sweeps)
        } catch {
            fail(error, &report)
        }
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
