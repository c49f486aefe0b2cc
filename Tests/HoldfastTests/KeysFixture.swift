import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// A project of a few clusters in memory, all with K1 active, whose snapshots are sealed by hand: fast, and as forged as a test wants.
struct KeysFixture {
    let keyManager: FakeKeyManager
    let keys: KeyManagers
    let stores: [MemoryStore]
    let repositories: [Repository]
    let cmks: [CMK]
    let time = Timestamp(seconds: 1_800_000_000)
    let waiting = Period(days: 30)

    var K1: CMK { cmks[0] }
    var K2: CMK { cmks[1] }
    var K3: CMK { cmks[2] }

    init(clusters: Int = 2) async throws {
        keyManager = FakeKeyManager()
        keys = KeyManagers([keyManager], trusted: (1...9).compactMap { CMKPattern("fake:\($0)") })
        cmks = (0..<4).map { [keyManager] _ in keyManager.createCMK() }
        stores = (0..<clusters).map { _ in MemoryStore() }
        repositories = stores.enumerated().map { index, store in
            Repository(id: Random.id(), store: store, project: "test", cluster: "c\(index)")
        }
        let ids = repositories.map(\.id)
        for repository in repositories {
            try await append([.roster(ids), .activate(cmks[0])], to: repository)
        }
    }

    /// The project as its file has it; each store behind `wrap`.
    func project(
        without hidden: Int? = nil, gone: Set<RepositoryID> = [], recovery: Set<CMK> = [],
        memory: WitnessMemory? = nil, localTime: Timestamp? = nil, machineTime: Timestamp? = nil,
        _ wrap: (any ObjectStore) -> any ObjectStore = { $0 }
    ) -> ProjectRepositories {
        let members = repositories.enumerated().filter { $0.offset != hidden }.map { _, repository in
            ProjectRepositories.Member(
                Repository(id: repository.id, store: wrap(repository.store), project: "test", cluster: repository.cluster),
                memory: { memory }, keyLogMemory: { memory?.keyLog })
        }
        var clock: (@Sendable () -> Timestamp)?
        if let machineTime { clock = { machineTime } }
        return ProjectRepositories(members, recovery: recovery, gone: gone, localTime: localTime, clock: clock)
    }

    func append(_ events: [KeyRecord.Event], to repository: Repository) async throws {
        for event in events { try await repository.appendToKeyLog(at: time, by: "test") { _ in event } }
    }

    func logs() async throws -> [KeyLog] {
        var logs: [KeyLog] = []
        for repository in repositories { logs.append(try await repository.readKeyLog().log) }
        return logs
    }

    func rotate(to cmk: CMK) async throws {
        _ = try await RotateKey(project(), keys: keys).run(to: cmk, at: time, by: "test")
    }

    func check(_ cmks: CMK..., proving: Bool = true, of project: ProjectRepositories? = nil) async throws -> DeletionReport {
        try await CheckKeys(project ?? self.project(), keys: keys).run(Set(cmks), proving: proving, at: time)
    }

    func delete(_ cmks: CMK..., in project: ProjectRepositories? = nil) async throws -> DeleteKey.Outcome {
        try await DeleteKey(project ?? self.project(), keys: keys).run(Set(cmks), waiting: waiting, at: time, by: "test")
    }

    /// Starts a snapshot that stays open.
    @discardableResult
    func start(in index: Int, position: Int) async throws -> (id: SnapshotID, digest: Digest) {
        let (id, repository): (SnapshotID, _) = (Random.id(), repositories[index])
        let start = SnapshotStart(
            cluster: repository.cluster, node: "node", source: "source", base: nil, keyLogPosition: position)
        let bytes = try SnapshotRecordCodec.encode(
            .init(n: 0, at: time, by: "test", event: .start(start)), repository: repository.id, snapshot: id, prev: nil)
        try await repository.store.create(.record(0, of: id), bytes)
        return (id, SHA256.hash(bytes.span))
    }

    /// Takes a snapshot with one pack, under these CMKs; `forged`: those whose envelopes do not open it.
    @discardableResult
    func takeSnapshot(
        in index: Int, under cmks: [CMK], forged: Set<CMK> = [], isDated: Bool = true
    ) async throws -> SnapshotID {
        let repository = repositories[index]
        let (id, digest) = try await start(in: index, position: try await repository.readKeyLog().log.position)
        let context = try repository.context(of: id, cluster: repository.cluster, node: "node", kind: .manifest)
        let key = Random.secret()
        var envelopes: [Envelope] = []
        for cmk in cmks {
            let junk = Random.secret()
            envelopes.append(
                forged.contains(cmk)
                    ? try await keys.wrap(junk, under: cmk, context: context)
                    : try await keys.wrap(key, under: cmk, context: context))
        }
        let pack = Random.bytes(100)
        let entry = PackEntry(id: SHA256.hash(pack.span), owner: id, byteCount: pack.count)
        try await repository.store.create(entry.name, pack)
        try await repository.store.create(
            .record(1, of: id),
            manifest(
                of: id, in: repository, start: digest, envelopes: envelopes, packs: [entry], key: key,
                expires: isDated ? time + 86_400 : nil))
        return id
    }

    /// Puts another manifest in the place of a snapshot's: whoever may create snapshots can seal one that opens.
    func replaceManifest(of id: SnapshotID, in index: Int, under cmk: CMK) async throws {
        let repository = repositories[index]
        let start = try await repository.store.read(.record(0, of: id))
        let key = Random.secret()
        let context = try repository.context(of: id, cluster: repository.cluster, node: "node", kind: .manifest)
        let envelope = try await keys.wrap(key, under: cmk, context: context)
        let bytes = try manifest(
            of: id, in: repository, start: SHA256.hash(start.span), envelopes: [envelope], packs: [], key: key,
            expires: time + 86_400)
        stores[index].tamper(.record(1, of: id)) { $0 = bytes }
    }

    private func manifest(
        of id: SnapshotID, in repository: Repository, start: Digest, envelopes: [Envelope], packs: [PackEntry],
        key: borrowing Secret, expires: Timestamp?
    ) throws -> [UInt8] {
        var packKeys = PackKeys()
        for (number, entry) in packs.enumerated() { packKeys.add(entry, number: UInt32(number), key: Random.bytes(32).span) }
        let source = SourceDescription(name: "source", paths: [], kind: .files, listing: [], entryCount: 0, byteCount: 0)
        let body = ManifestBody(
            packKeys: packKeys, lineage: Lineage(cutting: .content), nextPackNumber: UInt32(packs.count), parent: nil,
            source: source, barrier: nil)
        let header = ManifestHeader(
            start: start, cluster: repository.cluster, node: "node", source: "source", time: time, started: time,
            finished: time, expires: expires, base: nil, barrier: nil, keyLogPosition: 0, bytesRead: 0, bytesNew: 0,
            bytesStored: 100, files: 0, incomplete: 0, envelopes: envelopes, tool: "test")
        return try Manifest.seal(header: header, body: body, repository: repository.id, snapshot: id, key: key)
    }

    /// Adds an envelope to a snapshot, as a rewrap does; `genuine`: it opens it.
    func rewrap(_ id: SnapshotID, in index: Int, from: CMK, to: CMK, genuine: Bool = true) async throws {
        let repository = repositories[index]
        let context = try repository.context(of: id, cluster: repository.cluster, node: "node", kind: .manifest)
        let view = try await repository.readSnapshot(id)
        guard let envelope = view?.log.header?.envelopes.first(where: { $0.cmk == from }) else { return }
        let key = genuine ? try await keys.unwrap(envelope, context: context) : Random.secret()
        let added = try await keys.wrap(key, under: to, context: context)
        try await repository.append(to: id, at: time, by: "test") { _ in .envelope(added) }
    }
}

extension DeleteKey.Outcome {
    var report: DeletionReport? { if case .refused(let report) = self { report } else { nil } }
    var dates: [CMK: Timestamp]? { if case .scheduled(let dates, _) = self { dates } else { nil } }
}

extension DeletionReport {
    /// What a script is told (`docs/RETENTION.md`, section 3.4).
    var exitCode: Int {
        switch verdict.answer {
        case .blocked: 20
        case .unknown: 21
        case .safeNow, .safeForGood: invitesDeletion ? 0 : 22
        }
    }
}
