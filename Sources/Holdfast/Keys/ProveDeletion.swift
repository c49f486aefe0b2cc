import HoldfastFormat
package import HoldfastModel

/// Opens every snapshot of the project without the CMKs in question: with what is left, its key unwraps, commitment and MAC
/// hold, its manifest opens to the last frame, and all its packs are there with their lengths (`docs/DESIGN.md`, section 6).
///
/// It never decrypts with a CMK that is to go: that would spoil its manager's own last-used date. Of a family each member that stays is
/// tried for itself, and the one that opened a snapshot is the one that is told.
package struct ProveDeletion: Sendable {
    /// How far it has come.
    package struct Progress: Hashable, Sendable {
        package let snapshotsDone: Int
        package let snapshotCount: Int
    }

    /// A snapshot that could not be opened, and why.
    package struct Failure: Hashable, Sendable {
        package let cluster: String
        package let snapshot: SnapshotID
        package let why: String
    }

    package struct Result: Sendable {
        package internal(set) var evidence = DeletionEvidence()
        package internal(set) var failures: [Failure] = []
        /// Why what was opened could not be remembered; nil where it was.
        package internal(set) var unsaved: String?
    }

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys.exact
    }

    /// Proves what the survey has. Snapshots that are purged meanwhile are dropped from it; those that are lost are skipped.
    package func run(
        without cmks: Set<CMK>, of survey: inout ProjectSurvey, _ report: @Sendable (Progress) -> Void = { _ in }
    ) async -> Result {
        let check = DeletionCheck(survey.reading, now: survey.asOf)
        let leaving = survey.reading.leaving
        let families = survey.reading.keys.mapValues(\.family)
        let count = survey.reading.clusters.reduce(0) { $0 + $1.snapshots.count }
        var (result, done) = (Result(), 0)
        for (member, cluster) in zip(project.members, survey.reading.clusters) {
            let repository = member.repository
            let views = Dictionary((survey.views[repository.id] ?? []).map { ($0.id, $0) }) { first, _ in first }
            var pass = Pass(member, keys: keys)
            for snapshot in cluster.snapshots {
                if !check.isLost(snapshot), let view = views[snapshot.id] {
                    let isTouched = !survey.reading.possibleOpeners(of: snapshot).isDisjoint(with: cmks)
                    let excluded = isTouched ? cmks.union(leaving) : cmks
                    let openers = Openers(excluding: excluded, families: families)
                    await prove(view, purgeAfter: snapshot.purgeAfter, by: openers, &pass, &result, &survey)
                }
                done += 1
                report(Progress(snapshotsDone: done, snapshotCount: count))
            }
            pass.finish(&result)
        }
        return result
    }

    private func prove(
        _ view: SnapshotView, purgeAfter: Timestamp?, by openers: Openers, _ pass: inout Pass, _ result: inout Result,
        _ survey: inout ProjectSurvey
    ) async {
        let repository = pass.member.repository
        do throws(HoldfastError) {
            guard let opening = try await open(view, purgeAfter: purgeAfter, by: openers, &pass, asOf: survey.asOf) else {
                return survey.drop(view.id, of: repository.id)
            }
            result.evidence.add(opening, of: view.id, in: repository.id)
        } catch {
            result.failures.append(Failure(cluster: repository.cluster, snapshot: view.id, why: error.whyUnread))
        }
    }

    /// Nil where it was rightly purged meanwhile. One that does not show itself before its time in the trash is over may be undeleted yet: that
    /// is no more gone than a live one.
    private func open(
        _ view: SnapshotView, purgeAfter: Timestamp?, by openers: Openers, _ pass: inout Pass, asOf: Timestamp
    ) async throws(HoldfastError) -> DeletionEvidence.Opening? {
        do throws(HoldfastError) {
            let opening = try await pass.open(view, by: openers)
            return opening
        } catch .lostRace {
            guard let purgeAfter else {
                throw .lostRace("it vanished meanwhile, and was not condemned", object: "\(view.id)")
            }
            guard view.log.isLetGo, try await purgeAfter <= now(at: pass.member.repository, asOf: asOf) else {
                throw .lostRace("it vanished meanwhile, before its time in the trash was over", object: "\(view.id)")
            }
            return nil
        } catch {
            throw error
        }
    }

    /// By which others may have purged by now: a proof takes its time.
    private func now(at repository: Repository, asOf: Timestamp) async throws(HoldfastError) -> Timestamp {
        project.isTimeGiven ? asOf : try await repository.now()
    }
}

/// The proof of one repository's snapshots. What was opened before is not opened again, once its CMK has shown in this run that it still
/// opens what was wrapped in the same way: so a proof that was interrupted goes on where it was.
private struct Pass {
    /// So many openings are remembered at a time.
    private static let batch = 64

    let member: ProjectRepositories.Member
    private let keys: KeyManagers
    private var packs: PackPresence
    private var remembered: Set<ProvenOpening>?
    private var unsaved: [ProvenOpening] = []
    private var working: Set<Wrapping> = []

    init(_ member: ProjectRepositories.Member, keys: KeyManagers) {
        self.member = member
        self.keys = keys
        packs = PackPresence(member.repository)
    }

    mutating func open(
        _ view: SnapshotView, by openers: Openers
    ) async throws(HoldfastError) -> DeletionEvidence.Opening {
        guard let sum = view.sum else { throw .object(.record(1, of: view.id), .damaged) }
        let cmk: CMK
        if let known = try rememberedOpening(of: view, by: openers) {
            cmk = known.cmk
        } else {
            cmk = try await openWhole(view, by: openers)
        }
        for pack in view.packs { try await packs.require(pack, for: view.id) }
        return DeletionEvidence.Opening(sum: sum, cmk: cmk)
    }

    private mutating func openWhole(
        _ view: SnapshotView, by openers: Openers
    ) async throws(HoldfastError) -> CMK {
        let opened = try await OpenedSnapshot.open(view, in: member.repository, with: keys, by: openers)
        // The check has judged what it read; what was opened and proven must be that very thing.
        guard opened.header == view.log.header, opened.packs == view.packs else {
            throw .inconsistent("snapshot \(view.id)", detail: "its manifest changed while it was read")
        }
        working.insert(Wrapping(opened.envelope, view))
        if let opening = view.opening(by: opened.envelope) {
            unsaved.append(opening)
            if unsaved.count >= Self.batch { try save() }
        }
        return opened.cmk
    }

    private mutating func rememberedOpening(
        of view: SnapshotView, by openers: Openers
    ) throws(HoldfastError) -> ProvenOpening? {
        let known: Set<ProvenOpening>
        if let remembered { known = remembered } else { known = try member.remembered() }
        remembered = known
        return openers.candidates(view.log.envelopes).filter { working.contains(Wrapping($0, view)) }
            .compactMap { view.opening(by: $0) }.first(where: known.contains)
    }

    private mutating func save() throws(HoldfastError) {
        try member.remember(unsaved)
        unsaved = []
    }

    /// What cannot be remembered is opened again next time; that is no reason to doubt what was opened now, but to be told.
    mutating func finish(_ result: inout ProveDeletion.Result) {
        do throws(HoldfastError) {
            try save()
        } catch {
            result.unsaved = error.whyUnread
        }
    }
}

/// On what it depends whether a key manager opens an envelope now: the CMK's version, the access through which it was wrapped, and the
/// names in its context, by which a manager's own policy may tell one from another.
private struct Wrapping: Hashable {
    private let cmk: CMK
    private let version: String?
    private let access: String?
    private let cluster: String?
    private let node: String?

    init(_ envelope: Envelope, _ view: SnapshotView) {
        (cmk, version, access) = (envelope.cmk, envelope.version, envelope.access)
        (cluster, node) = (view.log.header?.cluster, view.log.header?.node)
    }
}
