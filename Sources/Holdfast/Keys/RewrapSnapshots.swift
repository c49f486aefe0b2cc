package import HoldfastModel

/// Gives what one CMK opens an envelope under another, so that the first is needed no more. Nothing is encrypted again, and no
/// envelope is ever taken away (`docs/PROTOCOL.md`, K8).
///
/// Each envelope is read back and opened before it counts. Whoever runs it again goes on where it was.
package struct RewrapSnapshots: Sendable {
    package enum Outcome: Hashable, Sendable {
        /// A new envelope stands, and opens the snapshot.
        case rewrapped
        /// Something else than the old CMK opens it already; that was tried.
        case alreadyOpens
        /// It would be given an envelope.
        case planned
    }

    package struct Step: Hashable, Sendable {
        package let cluster: String
        package let snapshot: SnapshotID
        package let outcome: Outcome
    }

    /// What was asked for.
    package struct Request: Sendable {
        package var from: CMK
        package var to: CMK
        /// Nil: all that the old CMK opens.
        package var snapshots: Set<SnapshotID>?
        package var isDryRun: Bool

        package init(from: CMK, to: CMK, snapshots: Set<SnapshotID>? = nil, isDryRun: Bool = false) {
            self.from = from
            self.to = to
            self.snapshots = snapshots
            self.isDryRun = isDryRun
        }
    }

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Tells each step as it is done. Snapshots that fail are answered, and do not keep the others from theirs. Throws for a CMK that
    /// nothing knows, for an old one whose deletion is pending, and for a target that is retired, on its way out, or does not open what it
    /// wraps.
    package func run(
        _ request: Request, at time: Timestamp, by node: String, progress: (Step) throws -> Void
    ) async throws -> [ProveDeletion.Failure] {
        let survey = await ReadProject(project, keys: keys).run(at: time)
        try await keys.require([request.from, request.to], among: survey.reading.knownCMKs)
        try await refusePending(request.from)
        try await validate(request, by: node)
        if let blind = survey.reading.clusters.first(where: { $0.problem != nil }) {
            throw HoldfastError.refused(
                "cluster \(blind.name) could not be read (\(blind.problem ?? ""))", object: blind.name,
                remedy: "what it holds would be left out")
        }
        let spent = survey.reading.leaving.union(survey.reading.openers(of: [request.from])).subtracting([request.to])
        var failures: [ProveDeletion.Failure] = []
        for member in project.members {
            let repository = member.repository
            let views = (survey.views[repository.id] ?? []).filter { $0.isOpened(by: spent, among: request.snapshots) }
            for view in views {
                let outcome: Outcome
                do throws(HoldfastError) {
                    outcome = try await rewrap(view, request, without: spent, in: member, at: time, by: node)
                } catch .lostRace {
                    // Purged meanwhile: nothing is left to be opened.
                    continue
                } catch {
                    failures.append(.init(cluster: repository.cluster, snapshot: view.id, why: error.whyUnread))
                    continue
                }
                try progress(Step(cluster: repository.cluster, snapshot: view.id, outcome: outcome))
            }
        }
        return failures
    }

    /// It opens nothing now, and where its date has passed the first wrapping under another CMK may destroy it.
    private func refusePending(_ cmk: CMK) async throws(HoldfastError) {
        guard await keys.state(of: cmk).isPendingDeletion else { return }
        throw .refused(
            "the deletion of \(cmk) is pending", object: cmk.uri,
            remedy: "take it back first: holdfast keys cancel-deletion \(cmk.shellWord)")
    }

    private func validate(_ request: Request, by node: String) async throws(HoldfastError) {
        guard request.from != request.to else { throw .usage("--from and --to are the same CMK", object: request.from.uri) }
        for (id, log) in try await project.readKeyLogs() {
            guard !log.isRetired(request.to), !log.leaving.contains(request.to) else {
                let cluster = project.repository(id)?.cluster ?? id.hex
                throw .refused(
                    "\(request.to) is retired, or to be deleted, in \(cluster)", object: request.to.uri,
                    remedy: "name one that is to stay")
            }
        }
        guard !request.isDryRun else { return try await keys.requireEnabled(request.to) }
        for repository in project.repositories {
            try await keys.validate(request.to, for: repository, by: node)
            try await keys.recordUse(of: request.to, by: repository)
        }
    }

    private func rewrap(
        _ view: SnapshotView, _ request: Request, without spent: Set<CMK>,
        in member: ProjectRepositories.Member, at time: Timestamp, by node: String
    ) async throws(HoldfastError) -> Outcome {
        let repository = member.repository
        do throws(HoldfastError) {
            _ = try await OpenedSnapshot.open(view, in: repository, with: keys, by: Openers(excluding: spent))
            return .alreadyOpens
        } catch .cannotOpen {
            if request.isDryRun { return .planned }
        } catch {
            throw error
        }
        let envelope = try await OpenedSnapshot.rewrap(view, under: request.to, in: repository, with: keys)
        let after = try await repository.append(to: view.id, at: time, by: node) { (view) throws(HoldfastError) in
            try view.requireStanding()
            return .envelope(envelope)
        }
        let others = Set(after.log.envelopes.map(\.cmk)).subtracting([request.to])
        _ = try await OpenedSnapshot.open(after, in: repository, with: keys.exact, by: Openers(excluding: others))
        if let opening = after.opening(by: envelope) { try member.remember([opening]) }
        return .rewrapped
    }
}

extension SnapshotView {
    /// Whether it exists, is asked about, and has an envelope under one of these CMKs.
    fileprivate func isOpened(by cmks: Set<CMK>, among asked: Set<SnapshotID>?) -> Bool {
        guard log.exists, asked.map({ $0.contains(id) }) ?? true else { return false }
        return log.envelopes.contains { cmks.contains($0.cmk) }
    }
}
