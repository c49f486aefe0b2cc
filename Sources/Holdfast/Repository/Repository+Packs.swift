import HoldfastModel

extension Repository {
    /// Which packs stand under an owner's name, and how long each is, in bytes.
    func packByteCounts(of owner: SnapshotID) async throws(HoldfastError) -> [Digest: Int] {
        let listed: [StoredObject]
        do { listed = try await store.list(.packs(of: owner)) } catch { throw .store(error) }
        var byteCounts: [Digest: Int] = [:]
        for object in listed {
            if case .pack(let id, _) = object.name.parsed { byteCounts[id] = object.byteCount }
        }
        return byteCounts
    }

    /// The owners of packs, and of which snapshots a listing that was begun after that shows the start record.
    func listOwners() async throws(HoldfastError) -> (owners: [SnapshotID], started: Set<SnapshotID>) {
        do {
            let owners = try await store.listPackOwners()
            let listed = try await store.list(.snapshots)
            let started = listed.compactMap { if case .record(0, let id) = $0.name.parsed { id } else { nil } }
            return (owners, Set(started))
        } catch {
            throw .store(error)
        }
    }

    /// Whether packs are there, and not one start record is listed: a listing that shows nothing is more likely wrong than that nothing is left
    /// but packs.
    func hasOnlyPacks() async throws(HoldfastError) -> Bool {
        let (owners, started) = try await listOwners()
        return started.isEmpty && !owners.isEmpty
    }
}
