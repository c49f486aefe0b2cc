import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// A repository in memory whose snapshots have packs of a few bytes: all that a pruner, who has no key, ever sees.
struct PruneYard {
    static let day: Int64 = 86_400

    let store: MemoryStore
    let id: RepositoryID = Random.id()
    /// The name that the project file has for it; it was `shop` at first.
    var cluster = "shop"
    var policy = Policy()
    /// What the next snapshots' writers have read of the key log.
    var keyLogPosition = 0

    init(locksObjects: Bool = false) async throws {
        store = MemoryStore(locksObjects: locksObjects)
        let id = id
        try await store.create(.repository, RepositoryDescription(repository: id, created: store.clock.now).encoded)
        try await repository.appendToKeyLog(at: store.clock.now, by: "test") { _ in .roster([id]) }
    }

    var clock: ManualClock { store.clock }
    var now: Timestamp { clock.now }

    func advance(days: Int64) { clock.advance(bySeconds: days * Self.day) }

    var repository: Repository { repository(over: store) }

    /// The same repository behind another store.
    func repository(over store: any ObjectStore) -> Repository {
        Repository(id: id, store: store, project: "test", cluster: cluster, formerClusterNames: ["shop"])
    }

    @discardableResult
    func start(_ id: SnapshotID = Random.id(), base: SnapshotID? = nil) async throws -> SnapshotID {
        let start = SnapshotStart(cluster: cluster, node: "db1", source: "data", base: base, keyLogPosition: keyLogPosition)
        let record = SnapshotRecord(n: 0, at: now, by: "db1", event: .start(start))
        try await store.create(
            .record(0, of: id),
            try SnapshotRecordCodec.encode(record, repository: repository.id, snapshot: id, prev: nil))
        return id
    }

    /// A pack of `byteCount` random bytes, uploaded by `owner`.
    func upload(by owner: SnapshotID, byteCount: Int = 100) async throws -> PackEntry {
        let bytes = Random.bytes(byteCount)
        let pack = PackEntry(id: SHA256.hash(bytes.span), owner: owner, byteCount: byteCount)
        try await store.create(pack.name, bytes)
        return pack
    }

    /// Creates the manifest; false where the name was taken.
    @discardableResult
    func commit(
        _ id: SnapshotID, packs: [PackEntry], base: SnapshotID? = nil, time: Timestamp? = nil, expiresInDays days: Int64? = 7,
        lock: SnapshotLock? = nil, cmk: String = "fake:1"
    ) async throws -> Bool {
        let start = try await store.read(.record(0, of: id))
        let time = time ?? now
        guard let cmk = CMK(cmk) else { return false }
        let header = ManifestHeader(
            start: SHA256.hash(start.span), cluster: cluster, node: "db1", source: "data", time: time, started: time,
            finished: time,
            expires: days.map { time + $0 * Self.day }, lock: lock, base: base, barrier: nil, keyLogPosition: keyLogPosition,
            bytesRead: 0,
            bytesNew: 0, bytesStored: 0, files: 0, incomplete: 0,
            envelopes: [Envelope(cmk: cmk, wrapped: [1], created: time)], tool: "test")
        let bytes = try seal(header, packs, as: id)
        guard try await create(.record(1, of: id), bytes) else { return false }
        if let lock {
            try await store.lock([.record(0, of: id), .record(1, of: id)], until: lock.until)
            try await store.lock(packs.map(\.name), until: lock.packsUntil)
        }
        return true
    }

    private func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        do {
            try await store.create(name, bytes)
            return true
        } catch .exists {
            return false
        } catch {
            throw error
        }
    }

    private func seal(_ header: ManifestHeader, _ packs: [PackEntry], as id: SnapshotID) throws -> [UInt8] {
        var packKeys = PackKeys()
        for (number, pack) in packs.enumerated() {
            let key = Random.bytes(32)
            packKeys.add(pack, number: UInt32(number), key: key.span)
        }
        let source = SourceDescription(name: "data", paths: [], kind: .files, listing: [], entryCount: 0, byteCount: 0)
        let body = ManifestBody(
            packKeys: packKeys, lineage: Lineage(cutting: .content), nextPackNumber: UInt32(packs.count), parent: nil,
            source: source, barrier: nil)
        let key = Random.secret()
        return try Manifest.seal(header: header, body: body, repository: repository.id, snapshot: id, key: key)
    }

    /// A whole snapshot with one pack of its own, beside those it shares; a second passes, so no two have the same time.
    func snapshot(
        sharing shared: [PackEntry] = [], base: SnapshotID? = nil, time: Timestamp? = nil, expiresInDays days: Int64? = 7,
        cmk: String = "fake:1"
    ) async throws -> SnapshotID {
        let id = try await start(base: base)
        let own = try await upload(by: id)
        let lock = store.locksObjects ? days.map { SnapshotLock(expires: (time ?? now) + $0 * Self.day, base: nil) } : nil
        try await commit(id, packs: shared + [own], base: base, time: time, expiresInDays: days, lock: lock, cmk: cmk)
        clock.advance(bySeconds: 1)
        return id
    }

    func packs(of id: SnapshotID) async throws -> [PackEntry] { try await view(id)?.packs ?? [] }

    func view(_ id: SnapshotID) async throws -> SnapshotView? { try await repository.readSnapshot(id) }

    func request(_ change: (inout PruneRequest) -> Void = { _ in }) -> PruneRequest {
        var request = PruneRequest(policy: policy, backupsAreOn: true, by: "pruner")
        change(&request)
        return request
    }

    func prune(
        over store: (any ObjectStore)? = nil, witness: Witness? = nil, _ change: (inout PruneRequest) -> Void = { _ in }
    ) async throws -> PruneResult {
        let repository = store.map(repository(over:)) ?? repository
        return try await Prune(repository: repository, witness: witness).run(request(change))
    }

    /// What a machine with this witness reads now.
    func reading(
        _ witness: Witness, accepting: Set<WitnessSubject> = []
    ) async throws(HoldfastError) -> RepositoryReading {
        var watch = WitnessWatch(witness, policy: policy, at: now)
        watch.accepting = accepting
        return try await ReadRepository(repository, watch: watch, catalog: nil).run()
    }

    /// Has the key log promise that nothing is kept for less, nor in the trash.
    func promise(minKeepDays: UInt8, graceDays: UInt8 = 7) async throws {
        let promise = Compliance(
            minKeep: Period(days: minKeepDays), grace: Period(days: graceDays), keepMin: policy.keepMin)
        try await repository.appendToKeyLog(at: now, by: "admin") { _ in .compliance(promise) }
    }

    /// What another run of prune does to a snapshot whose trash time is over: decides, says that it purges, deletes the records.
    func purgeByAnother(_ id: SnapshotID) async throws {
        try await repository.append(to: id, at: now, by: "other pruner") { _ in .deleting }
        let numbers = store.names.compactMap { if case .purge(let n) = $0.parsed { n } else { nil } }
        try await store.create(.purge((numbers.max() ?? -1) + 1), [])
        for name in store.names {
            if case .record(_, id) = name.parsed { try await store.delete(name) }
        }
    }

    func has(_ pack: PackEntry) -> Bool { store.names.contains(pack.name) }

    /// All that still bears the snapshot's id.
    func remains(of id: SnapshotID) -> [String] { store.names.map(\.text).filter { $0.contains(id.hex) } }

    /// Packs that existing snapshots refer to and that are gone: none, whatever happened.
    func lostPacks() async throws -> [ObjectName] {
        let names = Set(store.names)
        let needed = try await repository.readSnapshots().filter(\.log.exists).flatMap(\.packs)
        return needed.map(\.name).filter { !names.contains($0) }
    }

    /// Packs that no existing snapshot refers to.
    func garbage() async throws -> [ObjectName] {
        let needed = Set(try await repository.readSnapshots().filter(\.log.exists).flatMap(\.packs).map(\.name))
        return store.names.filter { $0.text.hasPrefix("packs/") && !needed.contains($0) }
    }
}
