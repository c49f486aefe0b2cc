import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// A cluster in memory with snapshots of a source, of which every file's bytes are remembered; for tests that damage it.
struct RepairYard {
    let cluster: TestCluster
    let source: Scratch
    private var random: SeededRandom
    /// What each snapshot must restore to.
    private(set) var expected: [SnapshotID: [String: [UInt8]]] = [:]
    /// What the source holds now, by path.
    private(set) var files: [String: [UInt8]] = [:]
    private var hours: Int64 = 0
    private let kind: SourceDescription.Kind

    init(seed: UInt64 = 9, kind: SourceDescription.Kind = .files, store: MemoryStore = MemoryStore()) async throws {
        self.kind = kind
        cluster = try await TestCluster(store: store)
        source = try Scratch()
        random = SeededRandom(seed: seed)
    }

    /// Two snapshots; the first lost a pack of data, which the second has stored again.
    static func healed(
        _ store: MemoryStore = MemoryStore()
    ) async throws -> (yard: RepairYard, first: SnapshotID, second: SnapshotID, lost: ObjectName) {
        var yard = try await RepairYard(store: store)
        for name in ["a", "b/c", "b/d", "e"] { try yard.write(name, byteCount: 100_000) }
        let first = try await yard.backUp().snapshot
        let lost = try #require(try await yard.packs(of: first).max { $0.byteCount < $1.byteCount }).name
        yard.cluster.store.lose(lost)
        let second = try await yard.backUp().snapshot
        return (yard, first, second, lost)
    }

    var now: Timestamp { cluster.time + hours * 3600 }

    mutating func write(_ name: String, byteCount: Int) throws {
        let bytes = random.bytes(byteCount)
        try source.write(bytes, to: name)
        files[source.path + "/" + name] = bytes
    }

    /// Changes some pages of a file in their place.
    mutating func edit(_ name: String) throws {
        var bytes = files[source.path + "/" + name] ?? []
        for _ in 0..<3 {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(start + 1000, bytes.count)
            bytes.replaceSubrange(start..<end, with: random.bytes(end - start))
        }
        try source.write(bytes, to: name)
        files[source.path + "/" + name] = bytes
    }

    /// Small packs, so that damage to one is not damage to all.
    func request(after seconds: Int64) -> BackupRequest {
        var request = cluster.request([source.path], after: seconds)
        (request.packByteCount, request.kind) = (64 << 10, kind)
        request.database = DatabaseLayout(
            blocks: CutSizes(blockByteCount: 16 << 10), pageByteCount: 4 << 10, minimumByteCount: 16 << 10, settling: 0)
        return request
    }

    mutating func backUp() async throws -> BackupSummary {
        hours += 1
        let request = request(after: hours * 3600)
        let summary = try await cluster.backUp(request)
        expected[summary.snapshot] = files
        return summary
    }

    func packs(of id: SnapshotID) async throws -> [PackEntry] {
        try #require(try await cluster.repository.readSnapshot(id)).packs
    }

    func check(_ keys: KeyManagers? = nil) async throws -> CheckResult {
        let request = CheckRequest(.data(percent: 100), keys: keys ?? cluster.keys, seed: 0)
        return try await CheckRepository(repository: cluster.repository).run(request)
    }

    /// `check --repair`, over another store and at another time than now where they are given.
    func repair(
        over store: (any ObjectStore)? = nil, isDryRun: Bool = false, at time: Timestamp? = nil
    ) async throws -> (result: CheckResult, findings: [RepairRepository.Finding]) {
        let base = cluster.repository
        let repository = Repository(
            id: base.id, store: store ?? base.store, project: base.project, cluster: base.cluster)
        let check = CheckRepository(repository: repository)
        let result = try await check.run(CheckRequest(.data(percent: 100), keys: cluster.keys, seed: 0))
        var settings = RepairSettings(now: time ?? now, node: "admin", packByteCount: 64 << 10, tool: "test")
        settings.isDryRun = isDryRun
        if !isDryRun { _ = try await check.record(result, at: now, by: "admin") }
        let findings = try await RepairRepository(repository, keys: cluster.keys).run(result, settings) { _, _ in }
        return (result, findings)
    }

    func objects() async throws -> [ObjectName: [UInt8]] { try await cluster.store.objects() }
}

extension MemoryStore {
    /// All objects with their bytes, those among them that are too long to be read whole.
    func objects() async throws -> [ObjectName: [UInt8]] {
        var objects: [ObjectName: [UInt8]] = [:]
        for name in names { objects[name] = try await read(name, range: 0..<(stat(name)?.byteCount ?? 0)) }
        return objects
    }
}

extension RepairRepository.Finding {
    var salvaged: SnapshotID? { if case .salvaged(let id) = outcome { id } else { nil } }
}
