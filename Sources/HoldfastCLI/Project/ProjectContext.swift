import Glibc
import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

/// A project file that was read, with its key managers; its repositories are opened one by one.
struct ProjectContext: Sendable {
    let session: Session
    let project: Project
    /// As it was found; relative to the working directory.
    let file: String
    let keyring: LocalKeyring
    let keyringMemory: KeyringMemory
    let keys: KeyManagers
    let aws: AWSOpening

    /// Finds and reads the project file. No keyring, store or witness is touched yet.
    init(_ session: Session) throws {
        let file = try ProjectFile.find(named: session.options.project, environment: session.environment) { path in
            FilePresence.exists(session.absolute(path))
        }
        let read = try ProjectFile(reading: session.absolute(file), workingDirectory: session.workingDirectory)
        for warning in read.warnings { session.note(warning.text(in: file)) }
        self.init(session, read.project, file: file)
    }

    /// A project that may say something else than its file does.
    init(_ session: Session, _ project: Project, file: String) {
        self.session = session
        self.project = project
        self.file = file
        keyringMemory = KeyringMemory(session: session, clusters: project.clusters)
        keyring = session.keyring(of: project.name, project.keyManagers.local, keyringMemory)
        aws = AWSOpening(session: session, project: project.name)
        let trusted = project.trustedPatterns
        // Of a project that trusts no local CMK nobody is to hear that there is no keyring.
        let hasLocal = trusted.contains { $0.text.hasPrefix("local:") }
        let managers: [any KeyManager] =
            (hasLocal ? [keyring] : []) + aws.keyManagers(project.keyManagers.aws, trusted: trusted)
            + session.keyPrograms(project.keyManagers.programs) + session.token(project.keyManagers.token)
        keys = KeyManagers(managers, trusted: trusted)
    }

    /// The cluster that was asked for, or the only one.
    func cluster() throws -> Cluster {
        let names = project.clusters.map(\.name).joined(separator: ", ")
        guard let name = session.options.cluster ?? session.variable("HOLDFAST_CLUSTER") else {
            guard project.clusters.count == 1, let only = project.clusters.first else {
                throw Failure(.usage, "which cluster? The project has \(names)", "", "name one with --cluster")
            }
            return only
        }
        guard let cluster = project.cluster(named: name) else {
            throw Failure(.usage, "no such cluster", name, "the project has \(names)")
        }
        return cluster
    }

    /// Opens the cluster that was asked for.
    func open(for use: StoreUse = .deciding) async throws -> ClusterContext { try await open(try cluster(), for: use) }

    /// Opens a cluster's repository, which must bear the id that the project file pins.
    func open(_ cluster: Cluster, for use: StoreUse = .deciding) async throws -> ClusterContext {
        try await ClusterContext(self, cluster, for: use)
    }

    /// Remembers in every cluster what was appended to its key log.
    func observe() async throws {
        for cluster in await openAll() { try await cluster.result.get().observe() }
    }

    /// Every cluster of the project, opened, or why it could not be.
    func openAll() async -> [(cluster: Cluster, result: Result<ClusterContext, Failure>)] {
        var all: [(cluster: Cluster, result: Result<ClusterContext, Failure>)] = []
        for cluster in project.clusters {
            do {
                all.append((cluster, .success(try await open(cluster))))
            } catch {
                all.append((cluster, .failure(Failure(error))))
            }
        }
        return all
    }
}

extension Project {
    /// The CMKs that may be used at all, recovery CMKs among them.
    var trustedPatterns: [CMKPattern] { cmks + recovery.compactMap { CMKPattern($0.uri) } }
}

extension Session {
    /// The local keyring, of which nothing is read before a key is needed.
    func keyring(of project: String, _ settings: LocalKeyringSettings, _ memory: KeyringMemory) -> LocalKeyring {
        let time = options.time
        let clock = KeyringClock(isSimulated: time != nil) { time ?? SystemClock.now }
        return LocalKeyring(
            path: settings.keyring, project: project, clock: clock,
            passphrase: passphraseSource(settings.passphraseFile).provider(for: .opening), remember: memory.remember,
            tell: memory.tell)
    }

    /// None for a project that names no programs.
    func keyPrograms(_ programs: [String: KeyProgramSettings]) -> [any KeyManager] {
        guard !programs.isEmpty else { return [] }
        let now = now
        return [ExecKeyManager(programs: programs) { now }]
    }

    /// Tokens keep no time: what is due there is destroyed by the real one, whatever `--time` says.
    func token(_ settings: TokenSettings?) -> [any KeyManager] {
        guard let settings else { return [] }
        let now = now
        return [TokenKeyManager(settings, clock: { now }, realClock: { SystemClock.now })]
    }

    func passphraseSource(_ projectFile: String?) -> PassphraseSource {
        PassphraseSource(
            PassphraseWays(
                descriptor: options.passphraseDescriptor,
                file: (options.passphraseFile ?? variable("HOLDFAST_PASSPHRASE_FILE")).map(absolute),
                credentialsDirectory: variable("CREDENTIALS_DIRECTORY"), projectFile: projectFile),
            given: givenPassphrase)
    }
}
