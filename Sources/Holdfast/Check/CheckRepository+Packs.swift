import HoldfastCrypto
import HoldfastModel
import Synchronization

extension CheckRepository {
    /// One listing for each owner says which packs are there and how long they are.
    func checkPresence(of references: PackReferences, _ findings: CheckFindings) async throws(HoldfastError) {
        let (byOwner, count) = (references.byOwner, references.packs.count)
        let done = Mutex(0)
        try await forEach(byOwner.sorted { $0.key < $1.key }, atMost: Repository.readsAtOnce) { (entry) throws(HoldfastError) in
            try await checkPresence(of: entry.value, from: entry.key, findings)
            done.withLock { done in
                done += entry.value.count
                progress(.packs(done: done, of: count, bytes: 0))
            }
        }
        findings.count { $0.packs = count }
        let owners = try await packOwners()
        findings.count { $0.strays += owners.count { byOwner[$0] == nil } }
    }

    private func checkPresence(
        of packs: [PackEntry], from owner: SnapshotID, _ findings: CheckFindings
    ) async throws(HoldfastError) {
        let listed: [StoredObject]
        do { listed = try await repository.store.list(.packs(of: owner)) } catch { throw .store(error) }
        let lengths = Dictionary(listed.map { ($0.name, $0.byteCount) }) { first, _ in first }
        for pack in packs {
            switch lengths[pack.name] {
            case nil: findings.add(badPack: pack, .missing, "it is missing")
            case pack.byteCount: break
            case .some(let length):
                findings.add(badPack: pack, .length, "it has \(length) bytes instead of \(pack.byteCount)")
            }
        }
        let strays = listed.count - packs.count { lengths[$0.name] != nil }
        findings.count { $0.strays += strays }
    }

    private func packOwners() async throws(HoldfastError) -> [SnapshotID] {
        do { return try await repository.store.listPackOwners() } catch { throw .store(error) }
    }

    /// Reads what has not been read yet of the packs that are asked for: each once, four at a time.
    func readUnreadPacks(
        of references: PackReferences, _ request: CheckRequest, _ findings: CheckFindings
    ) async throws(HoldfastError) {
        let bad = findings.badPacks
        let packs = references.packs.values.filter {
            request.reads($0.id) && !references.read.contains($0.id) && bad[$0.id] == nil
        }
        try await forEach(packs.sorted { $0.name < $1.name }, atMost: 4) { (pack) throws(HoldfastError) in
            _ = try await read(pack, findings)
        }
    }

    /// The bytes of a pack, held against its name; nil, and a finding, where there are none. Damaged bytes are handed out: chunks
    /// of them may still be whole.
    func read(_ pack: PackEntry, _ findings: CheckFindings) async throws(HoldfastError) -> [UInt8]? {
        let bytes: [UInt8]
        do {
            bytes = try await repository.store.read(pack.name)
        } catch .notFound {
            findings.add(badPack: pack, .missing, "it is missing")
            return nil
        } catch .damaged(_, let detail) {
            findings.add(badPack: pack, .damaged, detail)
            return nil
        } catch {
            throw .store(error)
        }
        findings.count { counts in
            counts.packsRead += 1
            counts.bytesRead += bytes.count
        }
        if SHA256.hash(bytes.span) != pack.id { findings.add(badPack: pack, .damaged, "its bytes do not hash to its name") }
        return bytes
    }
}
