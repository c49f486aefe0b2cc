package import HoldfastCatalog
package import HoldfastModel

/// A whole repository as it was read, held against what this machine remembers of it.
package struct RepositoryReading: Sendable {
    package let keyLog: KeyLog
    /// Ascending by id, without pack tables.
    package let snapshots: [SnapshotView]
    /// What the protocol never does, and somebody did.
    package let alarms: [WitnessAlarm]
}

/// Reads a repository: the witness first, then the key log, then one listing, which is held against the witness.
package struct ReadRepository: Sendable {
    private let repository: Repository
    private let witness: Witness
    private let catalog: Catalog?

    /// Without a catalog everything is read from the store.
    package init(_ repository: Repository, witness: Witness, catalog: Catalog?) {
        self.repository = repository
        self.witness = witness
        self.catalog = catalog
    }

    /// `forgettingBy`: by which time something must have been due to be forgotten once it is missing.
    package func run(
        at now: Timestamp, forgettingBy: Timestamp? = nil
    ) async throws(HoldfastError) -> RepositoryReading {
        let watch = WitnessWatch(witness, at: now, forgettingBy: forgettingBy)
        let memory = try watch.memory()
        let keyLog = try await repository.readKeyLog()
        let views = try await readSnapshots()
        let seen = views.map { SeenSnapshot($0.log, sum: $0.sum) }
        let alarms = try await watch.alarms(of: repository, keyLog, seen, since: memory)
        return RepositoryReading(keyLog: keyLog.log, snapshots: views, alarms: alarms)
    }

    /// For a list: where the key log cannot be read the snapshots are listed all the same, held against nothing, with the reason.
    package func list(
        at now: Timestamp, forgettingBy: Timestamp? = nil
    ) async throws(HoldfastError) -> (snapshots: [SnapshotView], alarms: [WitnessAlarm], problem: HoldfastError?) {
        do throws(HoldfastError) {
            let reading = try await run(at: now, forgettingBy: forgettingBy)
            return (reading.snapshots, reading.alarms, nil)
        } catch {
            guard error.isOfKeyLog else { throw error }
            return (try await readSnapshots(), [], error)
        }
    }

    private func readSnapshots() async throws(HoldfastError) -> [SnapshotView] {
        if let catalog { return try await repository.readSnapshots(catalog: catalog) }
        var views: [SnapshotView] = []
        try await repository.forEachSnapshot { (view) throws(HoldfastError) in views.append(view.withoutPackTable) }
        return views
    }
}

extension HoldfastError {
    /// A record of the key log is missing, damaged or of a newer format.
    fileprivate var isOfKeyLog: Bool {
        switch self {
        case .object(let name, _), .missing(let name, _), .store(.damaged(let name, _)):
            if case .keyRecord = name.parsed { true } else { false }
        default: false
        }
    }
}
