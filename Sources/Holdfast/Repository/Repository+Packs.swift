import HoldfastModel

/// One pack as a listing shows it, without its name: there may be a million.
struct ListedPack {
    let byteCount: Int
    let problem: StoredObject.Problem?
}

/// The owners of packs, and of which snapshots a listing that was begun after that shows the start record.
struct ListedOwners {
    let owners: [SnapshotID]
    let started: Set<SnapshotID>

    /// Packs are there, and not one start record is listed: a listing that shows nothing is more likely wrong than that nothing is left but
    /// packs.
    var areOfPacksOnly: Bool { started.isEmpty && !owners.isEmpty }
}

extension Repository {
    /// What stands of packs under an owner's name.
    func listedPacks(of owner: SnapshotID) async throws(HoldfastError) -> [Digest: ListedPack] {
        let listed: [StoredObject]
        do { listed = try await store.list(.packs(of: owner)) } catch { throw .store(error) }
        var packs: [Digest: ListedPack] = [:]
        for object in listed {
            guard case .pack(let id, _) = object.name.parsed else { continue }
            packs[id] = ListedPack(byteCount: object.byteCount, problem: object.problem)
        }
        return packs
    }

    func listOwners() async throws(HoldfastError) -> ListedOwners {
        do {
            let owners = try await store.listPackOwners()
            let listed = try await store.list(.snapshots)
            let started = listed.compactMap { if case .record(0, let id) = $0.name.parsed { id } else { nil } }
            return ListedOwners(owners: owners, started: Set(started))
        } catch {
            throw .store(error)
        }
    }
}

extension PackEntry {
    /// What a listing of its owner's packs says of it.
    enum Presence: Equatable {
        case whole
        case missing
        /// The disk does not show it.
        case unread(String)
        case otherLength(Int)
    }

    func presence(in listed: [Digest: ListedPack]) -> Presence {
        guard let pack = listed[id] else { return .missing }
        switch pack.problem {
        case .unread(let why), .odd(let why): return .unread(why)
        case nil: return pack.byteCount == byteCount ? .whole : .otherLength(pack.byteCount)
        }
    }
}
