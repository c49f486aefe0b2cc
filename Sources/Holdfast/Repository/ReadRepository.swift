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

/// Reads a repository: the witness first, then the key log, then one listing; what is right is remembered, the rest is an
/// alarm (`docs/PROTOCOL.md`, section 8, ruling 3).
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
        let memory: WitnessMemory
        do { memory = try witness.memory() } catch { throw .witness(error) }
        let keyLog = try await repository.readKeyLog()
        let views = try await readSnapshots()
        let sighting = WitnessSighting(
            repository: repository.id, keyLogSums: keyLog.digests, snapshots: views.map { SeenSnapshot($0.log, sum: $0.sum) })
        let comparison = WitnessComparison(of: memory, with: sighting, at: now, forgettingBy: forgettingBy)
        do { try witness.observe(comparison) } catch { throw .witness(error) }
        return RepositoryReading(keyLog: keyLog.log, snapshots: views, alarms: try await standing(comparison.alarms))
    }

    private func readSnapshots() async throws(HoldfastError) -> [SnapshotView] {
        if let catalog { return try await repository.readSnapshots(catalog: catalog) }
        var views: [SnapshotView] = []
        try await repository.forEachSnapshot { (view) throws(HoldfastError) in views.append(view.withoutPackTable) }
        return views
    }

    /// Leaves out what a purge that ran meanwhile looks like: its start record went first (ruling 8).
    private func standing(_ alarms: [WitnessAlarm]) async throws(HoldfastError) -> [WitnessAlarm] {
        var standing: [WitnessAlarm] = []
        for alarm in alarms {
            switch alarm {
            case .manifestGone(let id), .logShortened(let id, _, _):
                if try await repository.exists(.record(0, of: id)) { standing.append(alarm) }
            case .repositoryChanged, .keyLogShortened, .keyLogForked, .snapshotGone, .manifestChanged: standing.append(alarm)
            }
        }
        return standing
    }
}
