package import HoldfastCatalog
import HoldfastFormat
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
        /// Why what stands in for it is not held as it is, if that failed.
        package var unheld: String?
    }

    private let repository: Repository
    private let keys: KeyManagers
    private let witness: Witness?
    private let progress: @Sendable (CheckProgress) -> Void

    /// `witness`: what the key log is held against before anything is made under it.
    package init(
        _ repository: Repository, keys: KeyManagers, witness: Witness? = nil,
        progress: @escaping @Sendable (CheckProgress) -> Void = { _ in }
    ) {
        self.repository = repository
        self.keys = keys
        self.witness = witness
        self.progress = progress
    }

    /// `result`: of a check that read all packs with keys. Without `settings` it only tells. `report` is lent every entry that is not whole.
    package func run(
        _ result: CheckResult, _ settings: RepairSettings? = nil,
        _ report: (SnapshotID, EntrySurvey) -> Void
    ) async throws(HoldfastError) -> [Finding] {
        guard !result.damagedSnapshots.isEmpty else { return [] }
        let views = try await repository.readSnapshots().filter(\.log.exists)
        var salvage: Salvage?
        if let settings { salvage = try await makeSalvage(of: result.losses, in: views, settings) }
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
            return try await finding(snapshot, view.log, taken, views, result, salvage)
        } catch {
            guard !Task.isCancelled else { throw error }
            if case .lostRace = error, survey == nil { return nil }
            return Finding(snapshot: view.id, survey: survey, outcome: .left(Self.reason(error)))
        }
    }

    private func finding(
        _ snapshot: OpenedSnapshot, _ log: SnapshotLog, _ survey: SnapshotSurvey, _ views: [SnapshotView], _ result: CheckResult,
        _ salvage: Salvage
    ) async throws(HoldfastError) -> Finding {
        let made = try await made(of: snapshot, in: views, result)
        let keyLog = try await repository.readStandingKeyLog(against: witness).log
        if let latest = salvage.latest {
            try await repository.requireKeyLog(upTo: latest.position, neededFor: latest.id, havingRead: keyLog)
        }
        let expires = log.expires(under: keyLog.compliance)
        let decision = SalvageDecision(
            survey, log, expires: expires, salvaged: made.compactMap(\.log.header),
            isOriginThere: try await isThere(snapshot.header.salvaged, in: views),
            isBarred: snapshot.header.keyLogPosition < keyLog.newestBarrier ?? -1, at: salvage.settings.now)
        var finding: Finding
        var standIn: SnapshotID?
        switch decision {
        case .leave(let why):
            finding = Finding(snapshot: snapshot.id, survey: survey, outcome: .left(why))
            standIn = Self.standIn(among: made)
        case .salvage where salvage.settings.isDryRun:
            return Finding(snapshot: snapshot.id, survey: survey, outcome: .wouldBeSalvaged)
        case .salvage:
            let id = try await salvage.run(snapshot, expires: expires, survey)
            finding = Finding(snapshot: snapshot.id, survey: survey, outcome: .salvaged(id))
            standIn = id
        }
        if let standIn, !salvage.settings.isDryRun {
            // It was made, or stands, all the same.
            do throws(HoldfastError) { try await salvage.hold(standIn, as: snapshot.id) } catch {
                finding.unheld = Self.reason(error)
            }
        }
        return finding
    }

    /// What was made of it before and is sound. It has to open: a header that says so alone is anybody's word.
    private func made(
        of snapshot: OpenedSnapshot, in views: [SnapshotView], _ result: CheckResult
    ) async throws(HoldfastError) -> [SnapshotView] {
        var made: [SnapshotView] = []
        for view in views where view.log.header?.salvaged == snapshot.id && result.damagedSnapshots[view.id] == nil {
            guard view.log.state == .live || view.log.condemnation != nil, let opened = try await open(view),
                opened.body.parent?.id == snapshot.id
            else { continue }
            made.append(view)
        }
        return made
    }

    /// The one with most files that no person has let go; of two alike what is not in the trash.
    private static func standIn(among made: [SnapshotView]) -> SnapshotID? {
        let rank = { (view: SnapshotView) in (view.log.header?.files ?? 0, view.log.state == .live ? 1 : 0) }
        return made.filter { !$0.isForgotten }.max { rank($0) < rank($1) }?.id
    }

    /// Whether a snapshot can be salvaged itself: live, and it opens.
    private func isThere(_ id: SnapshotID?, in views: [SnapshotView]) async throws(HoldfastError) -> Bool {
        guard let view = views.first(where: { $0.id == id }), view.log.state == .live else { return false }
        return try await open(view) != nil
    }

    private static func reason(_ error: HoldfastError) -> String {
        switch error {
        case .keyLogEnds(let name, let id):
            "\(name) is missing, which the writer of snapshot \(id.short) had read: \(KeyLog.remedyOfLoss(toldBy: id))"
        case .lostRace(let why, _), .refused(let why, _, _): why
        case .noActiveCMK(let cluster): "no CMK is active in \(cluster)"
        case .keyManager(let error): error.reason
        case .store(.denied(_, let detail)): "the store does not let it be created: \(detail)"
        default: "\(error)"
        }
    }

    /// Looks into all snapshots that open.
    private func makeSalvage(
        of losses: ChunkLosses, in views: [SnapshotView], _ settings: RepairSettings
    ) async throws(HoldfastError) -> Salvage {
        var copies = ChunkCopies(of: losses)
        var latest: (position: Int, id: SnapshotID)?
        for view in views {
            progress(.opening(view.id))
            guard let snapshot = try await open(view) else { continue }
            let position = snapshot.header.keyLogPosition
            if !view.isForgotten, position > latest?.position ?? -1 { latest = (position, view.id) }
            do throws(HoldfastError) {
                try await copies.add(from: snapshot, of: losses)
            } catch .lostRace {
                continue
            } catch  where error.isUnreadable {
                continue
            }
        }
        return Salvage(repository: repository, keys: keys, settings: settings, losses: losses, copies: copies, latest: latest)
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
