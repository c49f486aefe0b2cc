import HoldfastCrypto
import HoldfastModel
import Synchronization

extension CheckRepository {
    /// One listing for each owner says which packs are there and how long they are.
    func checkPresence(of packs: SortedPacks, _ findings: CheckFindings) async throws(HoldfastError) {
        let (count, byOwner) = (packs.count, packs.byOwner)
        let done = Mutex(0)
        try await forEach(byOwner, atMost: Repository.readsAtOnce) { (run) throws(HoldfastError) in
            try await checkPresence(of: packs[run.rows], from: run.owner, findings)
            done.withLock { done in
                done += run.rows.count
                progress(.packs(done: done, of: count, bytes: 0))
            }
        }
        findings.count { $0.packs = count }
        let strays = Set(try await packOwners()).subtracting(byOwner.map(\.owner)).count
        findings.count { $0.strays += strays }
    }

    private func checkPresence(
        of packs: Slice<SortedPacks>, from owner: SnapshotID, _ findings: CheckFindings
    ) async throws(HoldfastError) {
        let listed: [Digest: ListedPack]
        do throws(HoldfastError) {
            listed = try await repository.listedPacks(of: owner)
        } catch .store(.unlisted(_, let why)) {
            for pack in packs { findings.add(badPack: pack, .damaged, why) }
            return
        } catch {
            throw error
        }
        for pack in packs {
            switch pack.presence(in: listed) {
            case .whole: break
            case .missing: findings.add(badPack: pack, .missing, "it is missing")
            case .unread(let why): findings.add(badPack: pack, .damaged, why)
            case .otherLength(let length):
                findings.add(badPack: pack, .length, "it has \(length) bytes instead of \(pack.byteCount)")
            }
        }
        let strays = listed.count - packs.count { listed[$0.id] != nil }
        findings.count { $0.strays += strays }
    }

    private func packOwners() async throws(HoldfastError) -> [SnapshotID] {
        do { return try await repository.store.listPackOwners() } catch { throw .store(error) }
    }

    /// Reads the packs that are asked for, but those that are known to be bad or were read already: four at a time.
    func readPacks(
        _ packs: SortedPacks, except known: Set<Digest>, _ request: CheckRequest, _ findings: CheckFindings
    ) async throws(HoldfastError) {
        let bad = findings.badPacks
        let due = packs.filter { request.reads($0.id) && !known.contains($0.id) && bad[$0.id] == nil }
        try await forEach(due, atMost: 4) { (pack) throws(HoldfastError) in _ = try await read(pack, findings) }
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
