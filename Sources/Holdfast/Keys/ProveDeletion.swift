import HoldfastFormat
package import HoldfastModel

/// Opens every snapshot of the project without the CMKs in question: with what is left, its key unwraps, commitment and MAC
/// hold, its manifest opens to the last frame, and all its packs are there with their lengths (`docs/DESIGN.md`, section 6).
///
/// It never decrypts with a CMK that is to go: that would spoil its manager's own last-used date.
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
    }

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Proves what the survey has. Snapshots that are purged meanwhile are dropped from it; those that are lost are skipped.
    package func run(
        without cmks: Set<CMK>, of survey: inout ProjectSurvey, _ report: @Sendable (Progress) -> Void = { _ in }
    ) async -> Result {
        let check = DeletionCheck(survey.reading, now: survey.asOf)
        let leaving = survey.reading.leaving
        let count = survey.reading.clusters.reduce(0) { $0 + $1.snapshots.count }
        var (result, done) = (Result(), 0)
        for (repository, cluster) in zip(project.repositories, survey.reading.clusters) {
            let views = Dictionary((survey.views[repository.id] ?? []).map { ($0.id, $0) }) { first, _ in first }
            var packs = PackPresence(repository)
            for snapshot in cluster.snapshots {
                if !check.isLost(snapshot), let view = views[snapshot.id] {
                    let isTouched = !survey.reading.openers(of: snapshot.envelopes).isDisjoint(with: cmks)
                    let excluded = isTouched ? cmks.union(leaving) : cmks
                    await prove(view, without: excluded, in: repository, &packs, &result, &survey)
                }
                done += 1
                report(Progress(snapshotsDone: done, snapshotCount: count))
            }
        }
        return result
    }

    private func prove(
        _ view: SnapshotView, without excluded: Set<CMK>, in repository: Repository, _ packs: inout PackPresence,
        _ result: inout Result, _ survey: inout ProjectSurvey
    ) async {
        do throws(HoldfastError) {
            let opening = try await open(view, without: excluded, in: repository, &packs)
            result.evidence.add(opening, of: view.id, in: repository.id)
        } catch .lostRace {
            survey.drop(view.id, of: repository.id)
        } catch {
            result.failures.append(Failure(cluster: repository.cluster, snapshot: view.id, why: error.whyUnread))
        }
    }

    private func open(
        _ view: SnapshotView, without excluded: Set<CMK>, in repository: Repository, _ packs: inout PackPresence
    ) async throws(HoldfastError) -> DeletionEvidence.Opening {
        guard let sum = view.sum else { throw .object(.record(1, of: view.id), .damaged) }
        let opened = try await OpenedSnapshot.open(view, in: repository, with: keys, excluding: excluded)
        // The check has judged what it read; what was opened and proven must be that very thing.
        guard opened.header == view.log.header, opened.packs == view.packs else {
            throw .inconsistent("snapshot \(view.id)", detail: "its manifest changed while it was read")
        }
        for pack in opened.packs { try await packs.require(pack, for: view.id) }
        return DeletionEvidence.Opening(sum: sum, cmk: opened.cmk)
    }
}
