import HoldfastModel

/// Which packs a repository has, and how long each is: each owner is listed once.
struct PackPresence {
    private let repository: Repository
    private var listed: [SnapshotID: [Digest: ListedPack]] = [:]

    init(_ repository: Repository) { self.repository = repository }

    /// Throws where the pack is missing or has another length. A snapshot that was purged meanwhile is a lost race.
    mutating func require(_ pack: PackEntry, for snapshot: SnapshotID) async throws(HoldfastError) {
        if listed[pack.owner] == nil { listed[pack.owner] = try await repository.listedPacks(of: pack.owner) }
        let fault: HoldfastError
        switch pack.presence(in: listed[pack.owner] ?? [:]) {
        case .whole: return
        case .missing: fault = .missing(pack.name, needed: "snapshot \(snapshot)")
        case .unread(let why): fault = .store(.damaged(pack.name, detail: why))
        case .otherLength(let byteCount):
            fault = .inconsistent("\(pack.name)", detail: "it has \(byteCount) bytes instead of \(pack.byteCount)")
        }
        if try await repository.isGoneOrGoing(snapshot) {
            throw .lostRace("snapshot \(snapshot) was purged meanwhile", object: "\(snapshot)")
        }
        throw fault
    }
}
