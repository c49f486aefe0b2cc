import HoldfastModel

/// Which packs a repository has, and how long each is: each owner is listed once.
struct PackPresence {
    private let repository: Repository
    private var byteCounts: [ObjectName: Int] = [:]
    private var listed: Set<SnapshotID> = []

    init(_ repository: Repository) { self.repository = repository }

    /// Throws where the pack is missing or has another length. A snapshot that was purged meanwhile is a lost race.
    mutating func require(_ pack: PackEntry, for snapshot: SnapshotID) async throws(HoldfastError) {
        if listed.insert(pack.owner).inserted {
            do {
                for object in try await repository.store.list(.packs(of: pack.owner)) {
                    byteCounts[object.name] = object.byteCount
                }
            } catch {
                throw .store(error)
            }
        }
        if byteCounts[pack.name] == pack.byteCount { return }
        if try await repository.isGoneOrGoing(snapshot) {
            throw .lostRace("snapshot \(snapshot) was purged meanwhile", object: "\(snapshot)")
        }
        guard let byteCount = byteCounts[pack.name] else { throw .missing(pack.name, needed: "snapshot \(snapshot)") }
        throw .inconsistent("\(pack.name)", detail: "it has \(byteCount) bytes instead of \(pack.byteCount)")
    }
}
