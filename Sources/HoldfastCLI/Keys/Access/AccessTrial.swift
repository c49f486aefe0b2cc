import Holdfast
import HoldfastAWS
import HoldfastModel

/// Tries a project with another access to AWS than its file has, before that is saved. What fails is thrown.
struct AccessTrial {
    /// Of the project as the file would have it.
    let context: ProjectContext
    /// What the access is for; nil for everything that needs no administrator.
    let purpose: AccessRole?

    struct Outcome: Sendable {
        var credentials: Credentials
        var identity: String
        var cmks: [(cmk: CMK, tried: [String])] = []
        var clusters: [(name: String, place: String, snapshots: Int)] = []
        /// What is no reason to refuse, and remains to be done.
        var left: [String] = []
    }

    func run() async throws -> Outcome {
        var outcome = try await identify()
        var (others, repositories): (Set<CMK>, [(CMK, Repository)]) = ([], [])
        for cluster in context.project.clusters {
            do {
                let log = try await read(cluster, into: &outcome, &repositories)
                others.formUnion(log.named.subtracting(log.deleted))
            } catch {
                throw Failure(error).inCluster(cluster.name)
            }
        }
        for (cmk, repository) in repositories {
            try await tryOut(cmk, of: repository, opens: purpose?.unwraps ?? true, &outcome)
        }
        // Whoever keeps a recovery CMK need not let hosts open anything with it.
        for cmk in context.project.recovery {
            guard let repository = repositories.first?.1 else { break }
            try await tryOut(cmk, of: repository, opens: false, &outcome)
        }
        await look(at: others.subtracting(outcome.cmks.map(\.cmk)), &outcome)
        return outcome
    }

    /// Assumes the role, if there is one.
    private func identify() async throws -> Outcome {
        let services = try context.servicesOfAWS()
        var outcome: Outcome?
        for (service, settings) in services {
            let access = try context.aws.access(settings, to: service)
            let source = try access.credentials()
            let credentials = try await source.credentials()
            let identity = try await access.identity(of: source)
            outcome = outcome ?? Outcome(credentials: credentials, identity: identity)
        }
        guard let outcome else { throw Failure(.usage, "nothing of this project is in AWS", context.file, "") }
        return outcome
    }

    /// Opens the repository, which reads `holdfast.json`; reads the key log, and lists the snapshots.
    private func read(
        _ cluster: Cluster, into outcome: inout Outcome, _ repositories: inout [(CMK, Repository)]
    ) async throws -> KeyLog {
        let opened = try await context.open(cluster)
        let log = try await opened.repository.readKeyLog().log
        let snapshots = try await opened.store.objects.list(.snapshots).count { object in
            if case .record(0, _) = object.name.parsed { true } else { false }
        }
        outcome.clusters.append((cluster.name, opened.store.place, snapshots))
        if let active = log.active, !repositories.contains(where: { $0.0 == active }) {
            repositories.append((active, opened.repository))
        }
        return log
    }

    private func tryOut(_ cmk: CMK, of repository: Repository, opens: Bool, _ outcome: inout Outcome) async throws {
        guard KeyARN(cmk) != nil, purpose?.usesKeys ?? true, !outcome.cmks.contains(where: { $0.cmk == cmk }) else { return }
        guard purpose?.wraps ?? true else {
            let state = try await context.keys.describe(cmk).state
            guard state == .enabled else { throw KeyManagerError.state(cmk, state) }
            outcome.cmks.append((cmk, ["describe"]))
            outcome.left.append(
                "whether it may unwrap with \(cmk) was not tried, since it may not wrap: restore a snapshot with it")
            return
        }
        try await context.keys.validate(cmk, for: repository, by: context.session.hostName, opens: opens)
        outcome.cmks.append((cmk, ["describe", "wrap"] + (opens ? ["unwrap"] : [])))
    }

    /// Older CMKs open older snapshots: no reason to refuse, since a host may have no need of them.
    private func look(at cmks: Set<CMK>, _ outcome: inout Outcome) async {
        guard purpose?.unwraps ?? true else { return }
        for cmk in cmks.sorted() where KeyARN(cmk) != nil {
            let state = await context.keys.state(of: cmk)
            if [.denied, .unreachable].contains(state) {
                outcome.left.append("\(cmk) is \(state.rawValue): snapshots under it will not open in this way")
            }
        }
    }
}
