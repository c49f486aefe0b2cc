package import HoldfastCatalog
package import HoldfastModel

/// A whole repository as it was read, held against what this machine remembers of it.
package struct RepositoryReading: Sendable {
    package let keyLog: KeyLog
    /// Ascending by id, without pack tables.
    package let snapshots: [SnapshotView]
    /// By which dates of snapshots are to be read.
    package let terms: RetentionTerms
    /// What the protocol never does, and somebody did.
    package let alarms: [WitnessAlarm]
}

/// Reads a repository: the witness first, then the key log, then one listing, which is held against the witness.
package struct ReadRepository: Sendable {
    private let repository: Repository
    private let watch: WitnessWatch
    private let catalog: Catalog?

    /// Without a catalog everything is read from the store.
    package init(_ repository: Repository, watch: WitnessWatch, catalog: Catalog?) {
        self.repository = repository
        self.watch = watch
        self.catalog = catalog
    }

    package func run() async throws(HoldfastError) -> RepositoryReading {
        let memory = try watch.memory()
        let keyLog = try await repository.readKeyLog()
        let terms = watch.terms(under: keyLog.log.compliance)
        let views = try await readSnapshots()
        let seen = views.map { $0.sighting(under: terms) }
        let alarms = try await watch.alarms(of: repository, keyLog, seen, since: memory).standing
        return RepositoryReading(keyLog: keyLog.log, snapshots: views, terms: terms, alarms: alarms)
    }

    /// For a list: where the key log cannot be read the snapshots are listed all the same, held against nothing and by the dates that they
    /// themselves have, with the reason.
    package func list() async throws(HoldfastError) -> (reading: RepositoryReading, problem: HoldfastError?) {
        do throws(HoldfastError) {
            return (try await run(), nil)
        } catch {
            guard error.isOfKeyLog else { throw error }
            let reading = RepositoryReading(
                keyLog: KeyLog(), snapshots: try await readSnapshots(), terms: watch.terms(under: nil), alarms: [])
            return (reading, error)
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
