import HoldfastFormat
import HoldfastModel
import Synchronization

/// Which packs of earlier snapshots a new one cannot count on: those that are missing, that have another length, that the disk does not show,
/// or that a check found bad. One listing for each owner tells.
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
            let listed = try await self.listed(of: owner)
            let missing = packs.filter { $0.value.presence(in: listed) != .whole }
            lost.withLock { $0.formUnion(missing.map(\.key)) }
        }
        return lost.withLock(\.self)
    }

    /// None where they cannot be listed.
    private func listed(of owner: SnapshotID) async throws(HoldfastError) -> [Digest: ListedPack] {
        do throws(HoldfastError) {
            let listed = try await repository.listedPacks(of: owner)
            return listed
        } catch .store(.unlisted) {
            return [:]
        } catch {
            throw error
        }
    }
}
