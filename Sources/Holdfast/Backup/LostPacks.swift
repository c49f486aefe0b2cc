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
        let byteCounts = try await byteCounts(of: Set(packs.values.map(\.owner)))
        let bad = snapshots.reduce(into: Set<Digest>()) { $0.formUnion($1.badPacks) }
        return Set(packs.filter { byteCounts[$1.name] != $1.byteCount || bad.contains($1.id) }.keys)
    }

    private func byteCounts(of owners: Set<SnapshotID>) async throws(HoldfastError) -> [ObjectName: Int] {
        let found = Mutex<[ObjectName: Int]>([:])
        try await forEach(owners.sorted(), atMost: Repository.readsAtOnce) { (owner) throws(HoldfastError) in
            let listed = try await list(owner)
            found.withLock { for object in listed { $0[object.name] = object.byteCount } }
        }
        return found.withLock(\.self)
    }

    private func list(_ owner: SnapshotID) async throws(HoldfastError) -> [StoredObject] {
        do { return try await repository.store.list(.packs(of: owner)) } catch { throw .store(error) }
    }
}
