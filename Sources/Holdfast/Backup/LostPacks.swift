import HoldfastFormat
import HoldfastModel
import Synchronization

/// Which packs of earlier snapshots a new one cannot count on: those that are missing, that have another length, or that a check found bad.
/// One listing for each owner tells.
struct LostPacks {
    let repository: Repository

    /// Their numbers, which agree in all of `snapshots`.
    func numbers(of snapshots: [OpenedSnapshot]) async throws(HoldfastError) -> Set<UInt32> {
        var packs: [UInt32: PackEntry] = [:]
        for snapshot in snapshots {
            for number in snapshot.body.packKeys.numbers { packs[number] = snapshot.body.packKeys.entry(number) }
        }
        let bad = snapshots.reduce(into: Set<Digest>()) { $0.formUnion($1.badPacks) }
        let lost = Mutex(Set(packs.filter { bad.contains($1.id) }.keys))
        let byOwner = Dictionary(grouping: packs, by: \.value.owner).sorted { $0.key < $1.key }
        try await forEach(byOwner, atMost: Repository.readsAtOnce) { (owner, packs) throws(HoldfastError) in
            let byteCounts = try await repository.packByteCounts(of: owner)
            let missing = packs.filter { byteCounts[$0.value.id] != $0.value.byteCount }
            lost.withLock { $0.formUnion(missing.map(\.key)) }
        }
        return lost.withLock(\.self)
    }
}
