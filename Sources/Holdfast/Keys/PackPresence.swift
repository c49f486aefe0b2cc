import HoldfastModel

/// Which packs a repository has, and how long each is: each owner is listed once.
struct PackPresence {
    private let repository: Repository
    private var byteCounts: [SnapshotID: [Digest: Int]] = [:]

    init(_ repository: Repository) { self.repository = repository }

    /// Throws where the pack is missing or has another length. A snapshot that was purged meanwhile is a lost race.
    mutating func require(_ pack: PackEntry, for snapshot: SnapshotID) async throws(HoldfastError) {
        if byteCounts[pack.owner] == nil { byteCounts[pack.owner] = try await repository.packByteCounts(of: pack.owner) }
        let found = byteCounts[pack.owner]?[pack.id]
        if found == pack.byteCount { return }
        if try await repository.isGoneOrGoing(snapshot) {
            throw .lostRace("snapshot \(snapshot) was purged meanwhile", object: "\(snapshot)")
        }
        guard let byteCount = found else { throw .missing(pack.name, needed: "snapshot \(snapshot)") }
        throw .inconsistent("\(pack.name)", detail: "it has \(byteCount) bytes instead of \(pack.byteCount)")
    }
}
