package import HoldfastModel

/// Tells what still stands of the snapshots that a check found damaged, and salvages it. It only ever creates: nothing is overwritten or
/// deleted, and wherever it is interrupted the repository is no worse (`docs/decisions/0023-repair.md`).
package struct RepairRepository: Sendable {
    /// What became of one damaged snapshot.
    package struct Finding: Sendable {
        package enum Outcome: Sendable {
            /// It was only looked at.
            case surveyed
            case salvaged(SnapshotID)
            case wouldBeSalvaged
            /// And why.
            case left(String)
        }

        package let snapshot: SnapshotID
        /// Nil where its manifest does not open, or its listing is none: then nothing of it can be told, and its packs are kept.
        package let survey: SnapshotSurvey?
        package let outcome: Outcome
    }

    private let repository: Repository
    private let keys: KeyManagers
    private let progress: @Sendable (CheckProgress) -> Void

    package init(
        _ repository: Repository, keys: KeyManagers, progress: @escaping @Sendable (CheckProgress) -> Void = { _ in }
    ) {
        self.repository = repository
        self.keys = keys
        self.progress = progress
    }

    /// `result`: of a check that read all packs with keys. Without `settings` it only tells. `report` is lent every entry that is not whole.
    package func run(
        _ result: CheckResult, _ settings: RepairSettings? = nil,
        _ report: (SnapshotID, EntrySurvey) -> Void
    ) async throws(HoldfastError) -> [Finding] {
        guard !result.damagedSnapshots.isEmpty else { return [] }
        let views = try await repository.readSnapshots().filter(\.log.exists)
        let copies = settings == nil ? ChunkCopies() : try await copies(of: result.losses, in: views)
        let salvage = settings.map {
            Salvage(repository: repository, keys: keys, settings: $0, losses: result.losses, copies: copies)
        }
        var findings: [Finding] = []
        for view in views where result.damagedSnapshots[view.id] != nil {
            progress(.opening(view.id))
            if let finding = try await finding(view, views, result, salvage, report) { findings.append(finding) }
        }
        return findings
    }

    /// Nil for what was purged meanwhile. What fails with one snapshot is told of that one, and takes nothing from the others.
    private func finding(
        _ view: SnapshotView, _ views: [SnapshotView], _ result: CheckResult, _ salvage: Salvage?,
        _ report: (SnapshotID, EntrySurvey) -> Void
    ) async throws(HoldfastError) -> Finding? {
        var survey: SnapshotSurvey?
        do throws(HoldfastError) {
            guard let snapshot = try await open(view) else {
                return Finding(snapshot: view.id, survey: nil, outcome: .left("it does not open"))
            }
            let taken = try await SnapshotSurvey.take(of: snapshot, result.losses, salvage?.copies ?? ChunkCopies()) {
                report(view.id, $0)
            }
            survey = taken
            guard let salvage else { return Finding(snapshot: view.id, survey: taken, outcome: .surveyed) }
            let outcome = try await outcome(snapshot, view.log, taken, views, result, salvage)
            return Finding(snapshot: view.id, survey: taken, outcome: outcome)
        } catch {
            guard !Task.isCancelled else { throw error }
            if case .lostRace = error, survey == nil { return nil }
            return Finding(snapshot: view.id, survey: survey, outcome: .left(Self.reason(error)))
        }
    }

    private func outcome(
        _ snapshot: OpenedSnapshot, _ log: SnapshotLog, _ survey: SnapshotSurvey, _ views: [SnapshotView], _ result: CheckResult,
        _ salvage: Salvage
    ) async throws(HoldfastError) -> Finding.Outcome {
        let made = views.filter {
            $0.log.header?.salvaged == snapshot.id && ($0.log.state == .live || $0.log.condemnation != nil)
        }
        if !salvage.settings.isDryRun { for view in made { try await salvage.hold(view.id, as: log) } }
        let salvaged = made.filter { result.damagedSnapshots[$0.id] == nil }.compactMap(\.log.header)
        let expires = log.expires(under: try await repository.readStandingKeyLog().log.compliance)
        let decision = SalvageDecision(
            survey, log, expires: expires, salvaged: salvaged,
            isOriginThere: views.contains { $0.id == snapshot.header.salvaged },
            at: salvage.settings.now)
        if case .leave(let why) = decision { return .left(why) }
        guard !salvage.settings.isDryRun else { return .wouldBeSalvaged }
        let id = try await salvage.run(snapshot, expires: expires, survey)
        try await salvage.hold(id, as: log)
        return .salvaged(id)
    }

    private static func reason(_ error: HoldfastError) -> String {
        switch error {
        case .lostRace(let why, _), .refused(let why, _, _): why
        case .noActiveCMK(let cluster): "no CMK is active in \(cluster)"
        case .keyManager(let error): error.reason
        case .store(.denied(_, let detail)): "the store does not let it be created: \(detail)"
        default: "\(error)"
        }
    }

    private func copies(of losses: ChunkLosses, in views: [SnapshotView]) async throws(HoldfastError) -> ChunkCopies {
        var copies = ChunkCopies(of: losses)
        for view in views {
            progress(.opening(view.id))
            guard let snapshot = try await open(view) else { continue }
            do throws(HoldfastError) {
                try await copies.add(from: snapshot, of: losses)
            } catch .lostRace {
                continue
            } catch  where error.isUnreadable {
                continue
            }
        }
        return copies
    }

    /// Nil where it does not open, which the check has told, or was purged meanwhile.
    private func open(_ view: SnapshotView) async throws(HoldfastError) -> OpenedSnapshot? {
        do throws(HoldfastError) {
            return try await OpenedSnapshot.open(view, in: repository, with: keys)
        } catch .lostRace, .cannotOpen, .refused {
            return nil
        } catch  where error.isUnreadable {
            return nil
        }
    }
}
