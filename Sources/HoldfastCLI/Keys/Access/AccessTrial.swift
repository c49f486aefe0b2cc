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

    /// What is known of the clusters, as far as it concerns CMKs.
    private struct Findings {
        /// The active CMKs, each with a repository that it is active in.
        var active: [(cmk: CMK, repository: Repository)] = []
        /// Of each CMK what the newest snapshot under it has of it.
        var samples: [CMK: SampleEnvelope] = [:]
    }

    func run() async throws -> Outcome {
        var outcome = try await identify()
        var findings = Findings()
        for cluster in context.project.clusters {
            do {
                try await read(cluster, &outcome, &findings)
            } catch {
                throw Failure(error).inCluster(cluster.name)
            }
        }
        for (cmk, repository) in findings.active {
            try await tryOut(cmk, of: repository, opens: purpose?.unwraps ?? true, findings.samples[cmk], &outcome)
        }
        // Whoever keeps a recovery CMK need not let hosts open anything with it.
        for cmk in context.project.recovery where purpose?.wraps ?? true {
            guard let repository = findings.active.first?.repository else { break }
            try await tryOut(cmk, of: repository, opens: false, nil, &outcome)
        }
        await tryOlder(findings.samples, &outcome)
        return outcome
    }

    /// Assumes the role, if there is one.
    private func identify() async throws -> Outcome {
        var outcome: Outcome?
        for (service, settings) in try context.servicesOfAWS() {
            let way = try context.aws.way(to: service, settings)
            let credentials = try await way.identity.credentials.credentials()
            let identity = try await way.access.identity(of: way.identity.credentials)
            outcome = outcome ?? Outcome(credentials: credentials, identity: identity)
        }
        guard let outcome else { throw Failure(.usage, "nothing of this project is in AWS", context.file, "") }
        return outcome
    }

    /// Opens the repository, which reads `holdfast.json`; reads the key log, and lists the snapshots.
    private func read(_ cluster: Cluster, _ outcome: inout Outcome, _ findings: inout Findings) async throws {
        let opened = try await context.open(cluster)
        let log = try await opened.repository.readKeyLog().log
        let snapshots = try await opened.repository.readSnapshots(catalog: opened.catalog).filter(\.log.exists)
        outcome.clusters.append((cluster.name, opened.store.place, snapshots.count))
        if let active = log.active, !findings.active.contains(where: { $0.cmk == active }) {
            findings.active.append((active, opened.repository))
        }
        guard purpose?.unwraps ?? true else { return }
        for view in snapshots {
            for sample in SampleEnvelope.all(of: view, in: opened.repository) {
                let cmk = sample.envelope.cmk
                if KeyARN(cmk) != nil, findings.samples[cmk].map({ $0.time < sample.time }) ?? true {
                    findings.samples[cmk] = sample
                }
            }
        }
    }

    private func tryOut(
        _ cmk: CMK, of repository: Repository, opens: Bool, _ sample: SampleEnvelope?, _ outcome: inout Outcome
    ) async throws {
        guard KeyARN(cmk) != nil, purpose?.usesKeys ?? true, !outcome.cmks.contains(where: { $0.cmk == cmk }) else { return }
        if purpose?.wraps ?? true {
            try await context.keys.validate(cmk, for: repository, by: context.session.hostName, opens: opens)
            outcome.cmks.append((cmk, ["describe", "wrap"] + (opens ? ["unwrap"] : [])))
            return
        }
        let state = try await context.keys.describe(cmk).state
        guard state == .enabled else { throw KeyManagerError.state(cmk, state) }
        guard let sample else {
            outcome.cmks.append((cmk, ["describe"]))
            outcome.left.append("there is no snapshot under \(cmk) yet: whether this access opens one was not tried")
            return
        }
        _ = try await context.keys.unwrap(sample.envelope, context: sample.context)
        outcome.cmks.append((cmk, ["describe", "unwrap"]))
    }

    /// Older CMKs open older snapshots. That is no reason to refuse, since a host may have no need of them, and may be meant not to.
    private func tryOlder(_ samples: [CMK: SampleEnvelope], _ outcome: inout Outcome) async {
        for (cmk, sample) in samples.sorted(by: { $0.key < $1.key }) where !outcome.cmks.contains(where: { $0.cmk == cmk }) {
            do {
                _ = try await context.keys.unwrap(sample.envelope, context: sample.context)
                outcome.cmks.append((cmk, ["unwrap"]))
            } catch {
                let failure = Failure(error)
                outcome.left.append(
                    "snapshots under \(cmk), such as \(sample.snapshot), do not open with this access: \(failure.what)")
            }
        }
    }
}
