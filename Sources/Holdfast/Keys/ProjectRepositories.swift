package import HoldfastCatalog
package import HoldfastModel

/// The repositories of all clusters that the project file has: what `docs/PROTOCOL.md`, K1, begins with.
package struct ProjectRepositories: Sendable {
    /// One cluster's repository, with what the deletion check takes from the configuration.
    package struct Member: Sendable {
        package let repository: Repository
        package let retention: ProjectReading.Retention
        /// Why there is nothing to be read, in the words of `docs/RETENTION.md`, section 6; nil where the store has to say.
        package let problem: String?
        /// What this machine remembers of the repository: read before its listing. Nil: nothing.
        package let memory: @Sendable () async throws(HoldfastError) -> WitnessMemory?
        /// Of that the key log alone, for whoever lists no snapshots.
        package let keyLogMemory: @Sendable () throws(HoldfastError) -> WitnessedKeyLog?
        /// Remembers what was seen in it and is right, so that it is missed when it is hidden later.
        package let observe: @Sendable (WitnessComparison) throws(HoldfastError) -> Void
        /// How far a key manager had come when that was seen, where it is further than this edition.
        package let laterEdition: @Sendable (KeyManagerEdition) throws(HoldfastError) -> Int64?
        /// What this machine has opened in it; nil: nothing is remembered.
        package let openings: OpeningMemoryFile?
        /// What it knows of snapshot logs need not be read again for an answer that proves nothing; nil: all is read.
        package let catalog: Catalog?

        package init(
            _ repository: Repository, retention: ProjectReading.Retention = .init(), problem: String? = nil,
            openings: OpeningMemoryFile? = nil, catalog: Catalog? = nil,
            memory: @escaping @Sendable () async throws(HoldfastError) -> WitnessMemory? = { () throws(HoldfastError) in nil },
            keyLogMemory: @escaping @Sendable () throws(HoldfastError) -> WitnessedKeyLog? = { () throws(HoldfastError) in nil },
            observe: @escaping @Sendable (WitnessComparison) throws(HoldfastError) -> Void = { (_) throws(HoldfastError) in },
            laterEdition: @escaping @Sendable (KeyManagerEdition) throws(HoldfastError) -> Int64? = {
                (_) throws(HoldfastError) in nil
            }
        ) {
            self.repository = repository
            self.retention = retention
            self.problem = problem
            self.openings = openings
            self.catalog = catalog
            self.memory = memory
            self.keyLogMemory = keyLogMemory
            self.observe = observe
            self.laterEdition = laterEdition
        }

        func remembered() throws(HoldfastError) -> Set<ProvenOpening> {
            do { return try openings?.read() ?? [] } catch { throw .witness(error) }
        }

        func remember(_ opened: [ProvenOpening]) throws(HoldfastError) {
            do { try openings?.add(opened) } catch { throw .witness(error) }
        }
    }

    package let members: [Member]
    /// CMKs that wrap every snapshot as well.
    package let recovery: Set<CMK>
    /// Repositories that nobody can write to any more, by a person's word (K9).
    package let gone: Set<RepositoryID>
    /// This machine's clock: what is missing is held against it, and not only against a time given by hand. Nil: the time of the reading.
    package let localTime: Timestamp?
    /// The same, going on, to be held against each store's: where they disagree every date is a projection. Nil where a time was given by
    /// hand, which stands for both.
    let clock: (@Sendable () -> Timestamp)?

    package init(
        _ members: [Member], recovery: Set<CMK> = [], gone: Set<RepositoryID> = [], localTime: Timestamp? = nil,
        clock: (@Sendable () -> Timestamp)? = nil
    ) {
        self.members = members
        self.recovery = recovery
        self.gone = gone
        self.localTime = localTime
        self.clock = clock
    }

    /// Why a key manager's word does not count: this machine has seen a later edition of it, and what it says of its CMKs may have
    /// been true once.
    func refusal(of edition: KeyManagerEdition) -> KeyManagerSilence? {
        for member in members {
            do throws(HoldfastError) {
                guard let seen = try member.laterEdition(edition) else { continue }
                return KeyManagerSilence(olderCopy: edition, seen: seen)
            } catch {
                return KeyManagerSilence(reason: error.whyUnread)
            }
        }
        return nil
    }

    var isTimeGiven: Bool { clock == nil }

    var repositories: [Repository] { members.map(\.repository) }

    func repository(_ id: RepositoryID) -> Repository? { repositories.first { $0.id == id } }

    /// Every key log of the project (K1). Throws where one cannot be read, or is shorter than this machine has read it or another one, or a
    /// roster names a repository that is neither configured nor gone: then nothing can be said or done for the whole project.
    func readKeyLogs() async throws(HoldfastError) -> [RepositoryID: KeyLog] {
        var logs: [RepositoryID: KeyLog] = [:]
        for member in members {
            let repository = member.repository
            let log = try await naming(repository) { () throws(HoldfastError) in try await readKeyLog(of: member) }
            guard !log.records.isEmpty else {
                throw .refused(
                    "cluster \(repository.cluster) has no key log yet", object: repository.cluster,
                    remedy: "finish it with: holdfast init")
            }
            try requireKnown(log, in: repository)
            logs[repository.id] = log
        }
        return logs
    }

    /// Whether all was read, and each key log has all that this machine has read of it: where anything else is wrong nobody can tell.
    func areWhole(in survey: ProjectSurvey) -> Bool {
        survey.reading.clusters.allSatisfy { $0.problem == nil }
            && members.allSatisfy { member in
                guard let reading = survey.keyLogs[member.repository.id] else { return false }
                do throws(HoldfastError) {
                    return try member.keyLogMemory()?.alarm(with: reading.digests) == nil
                } catch {
                    return false
                }
            }
    }

    /// Whoever appends to a log whose end was taken away makes active again what was retired, and what is lost can never be put back.
    private func readKeyLog(of member: Member) async throws(HoldfastError) -> KeyLog {
        let memory = try member.keyLogMemory()
        let reading = try await member.repository.readKeyLog()
        if let alarm = memory?.alarm(with: reading.digests) { throw .alarm(["\(alarm)"]) }
        return reading.log
    }

    /// Appends to one key log what `decide` says until it says no more. Throws where the log names a repository that is not known.
    @discardableResult
    func append(
        to repository: Repository, at time: Timestamp, by node: String,
        _ decide: (KeyLog) throws(HoldfastError) -> KeyRecord.Event?
    ) async throws(HoldfastError) -> KeyLog {
        try await appendAll(to: repository, at: time, by: node, decide) { (log) throws(HoldfastError) in
            try requireKnown(log, in: repository)
        }
    }

    private func appendAll(
        to repository: Repository, at time: Timestamp, by node: String,
        _ decide: (KeyLog) throws(HoldfastError) -> KeyRecord.Event?,
        requiring check: (KeyLog) throws(HoldfastError) -> Void = { (_) throws(HoldfastError) in }
    ) async throws(HoldfastError) -> KeyLog {
        while true {
            var isDone = true
            let log = try await repository.appendToKeyLog(at: time, by: node) { log throws(HoldfastError) in
                let event = try decide(log)
                isDone = event == nil
                return event
            }
            try check(log)
            if isDone { return log }
        }
    }

    /// Takes a deletion back: appends to each log what `decide` says until it says no more. This is never refused for what else a log says,
    /// nor for one that cannot be reached: throws `.unfinished` with the clusters that are left once all others have it.
    func retreat(
        at time: Timestamp, by node: String, _ decide: (KeyLog) -> KeyRecord.Event?
    ) async throws(HoldfastError) {
        var left: [RepositoryID: HoldfastError] = [:]
        for repository in repositories {
            do throws(HoldfastError) {
                _ = try await appendAll(to: repository, at: time, by: node, decide)
            } catch {
                left[repository.id] = error
            }
        }
        if let unfinished = unfinished(left) { throw unfinished }
    }

    /// The clusters in which something failed, and what failed in the first of them; nil: none.
    func unfinished(_ failures: [RepositoryID: HoldfastError]) -> HoldfastError? {
        let failed = repositories.filter { failures[$0.id] != nil }
        guard let first = failed.first.flatMap({ failures[$0.id] }) else { return nil }
        return .unfinished(cluster: failed.map(\.cluster).joined(separator: ", "), first)
    }

    /// The same as `append`, in every key log.
    func appendEverywhere(
        at time: Timestamp, by node: String, _ decide: (KeyLog, Repository) throws(HoldfastError) -> KeyRecord.Event?
    ) async throws(HoldfastError) {
        for repository in repositories {
            try await naming(repository) { () throws(HoldfastError) in
                try await append(to: repository, at: time, by: node) { log throws(HoldfastError) in try decide(log, repository) }
            }
        }
    }

    /// The key logs that can be read, and why each of the others cannot.
    func readableKeyLogs() async -> (logs: [RepositoryID: KeyLog], unread: [RepositoryID: HoldfastError]) {
        var (logs, unread): ([RepositoryID: KeyLog], [RepositoryID: HoldfastError]) = ([:], [:])
        for repository in repositories {
            do throws(HoldfastError) {
                logs[repository.id] = try await repository.readKeyLog().log
            } catch {
                unread[repository.id] = error
            }
        }
        return (logs, unread)
    }

    /// CMKs that any key log names, as far as the logs can be read: it only tells a slip of the pen from a CMK. Whoever must know what a
    /// log says reads all of them, or fails.
    func namedCMKs() async -> Set<CMK> { await readableKeyLogs().logs.values.reduce(into: []) { $0.formUnion($1.named) } }

    /// What fails of a work that goes through all repositories is told with its cluster: others may have it behind them.
    @discardableResult
    private func naming<Answer>(
        _ repository: Repository, _ work: () async throws(HoldfastError) -> Answer
    ) async throws(HoldfastError) -> Answer {
        do throws(HoldfastError) {
            return try await work()
        } catch {
            throw error.isAnswer ? error : .unfinished(cluster: repository.cluster, error)
        }
    }

    private func requireKnown(_ log: KeyLog, in repository: Repository) throws(HoldfastError) {
        if let kind = log.unknownKinds.first {
            throw .refused(
                "the key log of \(repository.cluster) has a record of a later version (\(kind))", object: repository.cluster,
                remedy: "update Holdfast")
        }
        let unknown = log.roster.subtracting(gone).subtracting(repositories.map(\.id))
        guard unknown.isEmpty else {
            throw .refused(
                "repository \(unknown.sorted()[0]) is on the roster of \(repository.cluster), and not in the project file",
                object: "\(unknown.sorted()[0])", remedy: "put its cluster back, or list it under gone:")
        }
    }
}

extension HoldfastError {
    /// It says by itself what stands in the way, or that nothing is to be done: to run it again changes nothing.
    fileprivate var isAnswer: Bool {
        switch self {
        case .refused, .lostRace, .interrupted, .unfinished: true
        default: false
        }
    }
}
