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
}
