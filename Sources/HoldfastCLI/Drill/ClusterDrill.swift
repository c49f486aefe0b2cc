import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

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

    /// What earlier drills have shown, and how far they have come.
    private struct Former {
        var history = DrillHistory()
        var sweeps: [String: DrillSweep] = [:]
    }

    let project: ProjectContext
    let cluster: Cluster
    let request: Request

    private var session: Session { project.session }

    /// Throws only what ends the whole command: an interruption, which is remembered as a drill that shows nothing.
    func run() async throws -> Report {
        var report = Report(cluster: cluster.name, at: session.now, coversCluster: request.snapshot == nil)
        report.isDue = request.every == nil || request.isHere
        guard report.isDue else { return report }
        let memory = try cluster.id.map { DrillMemoryFile(at: try session.drillsPath(of: $0)) }
        let former = former(in: memory, &report)
        report.isDue = request.every.map { former.history.isDue(every: $0, at: session.now) } ?? true
        guard report.isDue else { return report }
        var sweeps: [String: DrillSweep] = [:]
        do {
            try await drill(&report, former, &sweeps)
        } catch {
            let failure = Failure(error)
            guard failure.status != .interrupted else {
                report.add(failure, showing: .unfinished)
                remember(&report, [:], in: memory)
                throw Failure(.interrupted, "interrupted", cluster.name, "nothing is left of it: run it again")
            }
            fail(failure, &report, showing: failure.status.earlyDrillOutcome)
        }
        remember(&report, sweeps, in: memory)
        return report
    }

    private func drill(_ report: inout Report, _ former: Former, _ sweeps: inout [String: DrillSweep]) async throws {
        let context = try await project.open(cluster, for: .telling)
        let reading = try await context.reading()
        if !reading.alarms.isEmpty { fail(HoldfastError.alarm(reading.alarms.map(\.description)), &report) }
        let choice = try choose(from: reading, owed: former.history.owed)
        for snapshot in choice.unreadable {
            fail(HoldfastError.inconsistent("snapshot \(snapshot.id)", detail: "it cannot be read (\(snapshot.why))"), &report)
        }
        // A place in which nothing can be restored says nothing of the snapshots: it is tried before one is opened.
        if !choice.turns.isEmpty { try Drill.requirePlace(place(of: context.repository.id)) }
        for turn in choice.turns {
            for part in parts(of: turn, former) {
                let drilled = try await take(turn, part, in: context)
                report.drilled.append(drilled)
                show(drilled, &report)
                if let failure = drilled.failure {
                    fail(failure, &report, showing: drilled.outcome)
                } else if request.seed == nil, request.snapshot == nil, turn.owed.isEmpty,
                    case .success(let result) = drilled.result
                {
                    sweeps[turn.subject] = result.next ?? part.sweep
                }
            }
        }
    }

    private func choose(from reading: RepositoryReading, owed: [SnapshotID: [DrillPart]]) throws -> DrillChoice {
        guard let name = request.snapshot else {
            return DrillChoice(
                of: reading.snapshots, recovery: Set(project.project.recovery), departed: reading.keyLog.departed, owed: owed)
        }
        return DrillChoice(try SelectSnapshot().select(name, among: reading.snapshots))
    }

    /// What is asked for, or, where it failed before, just that again.
    private func parts(of turn: DrillChoice.Turn, _ former: Former) -> [DrillPart] {
        let amount = turn.isForCMK ? request.amount.forOldCMK : request.amount
        guard turn.owed.isEmpty || amount == .everything else { return turn.owed }
        let sweep = request.seed.map { DrillSweep(key: $0) } ?? former.sweeps[turn.subject]
        return [DrillPart(amount, at: sweep ?? DrillSweep(key: UInt64.random(in: 0 ... .max)))]
    }

    /// What was shown is remembered even where nobody can be told.
    private func show(_ drilled: Drilled, _ report: inout Report) {
        do throws(OutputClosed) {
            try drilled.show(cluster: cluster.name, in: session)
        } catch {
            report.outputError = report.outputError ?? error
        }
    }

    /// One snapshot. Throws where the whole command is to end.
    private func take(_ turn: DrillChoice.Turn, _ part: DrillPart, in context: ClusterContext) async throws -> Drilled {
        let progress = RestoreProgress()
        let drill = Drill(context.repository, keys: context.keys, progress: progress)
        let place = try place(of: context.repository.id)
        do {
            let result = try await ProgressDisplay(session: session, source: .restore(progress)).during {
                try await drill.run(turn, part, in: place)
            }
            return Drilled(turn: turn, part: part, result: .success(result))
        } catch {
            let failure = Failure(error)
            guard failure.status != .interrupted else { throw error }
            return Drilled(turn: turn, part: part, result: .failure(failure), wasAnswered: !error.isSilenceOfStore)
        }
    }

    private func place(of id: RepositoryID) throws -> String { try request.place ?? session.drillPlace(of: id) }

    /// What cannot be read has shown nothing, and this drill does not pass.
    private func former(in memory: DrillMemoryFile?, _ report: inout Report) -> Former {
        do throws(DrillMemoryError) {
            return Former(history: DrillHistory(try memory?.read() ?? []), sweeps: try memory?.sweeps() ?? [:])
        } catch {
            fail(error, &report, showing: .unfinished)
            return Former()
        }
    }

    private func fail(_ error: any Error, _ report: inout Report, showing outcome: DrillRecord.Outcome? = nil) {
        let failure = Failure(error)
        report.add(failure, showing: outcome ?? failure.status.drillOutcome)
        session.output.fail(failure.inCluster(cluster.name), asJSON: session.options.isJSON)
    }

    /// An empty cluster has nothing to show, and nothing to remember.
    private func remember(_ report: inout Report, _ sweeps: [String: DrillSweep], in memory: DrillMemoryFile?) {
        guard !report.isEmpty else { return }
        do throws(DrillMemoryError) {
            try memory?.add(report.record, sweeps: sweeps)
        } catch {
            fail(error, &report)
        }
    }
}

extension Error {
    /// Whether the store gave no answer: whatever it has may be as it was.
    fileprivate var isSilenceOfStore: Bool {
        switch self as? HoldfastError {
        case .store(.unavailable), .store(.unclear): true
        default: false
        }
    }
}

extension Session {
    func drillsPath(of id: RepositoryID) throws -> String { try stateDirectory(of: id) + "/drills.sqlite" }

    /// Where drills restore to if nobody says where: what lies there takes room on a disk, and is nobody else's to see.
    fileprivate func drillPlace(of id: RepositoryID) throws -> String {
        if let directory = variable("TMPDIR"), LexicalPath.isAbsolute(directory) { return directory }
        return try cacheDirectory(of: id)
    }
}
