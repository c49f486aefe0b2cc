import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// Two snapshots of three files in two packs each, with all that stands beside them: what the tamper matrix changes.
///
/// The second takes two of its files over from the first, under another CMK; a third snapshot was interrupted.
struct TamperRepository {
    let objects: [ObjectName: [UInt8]]
    let id: RepositoryID
    let first: SnapshotID
    let second: SnapshotID
    let interrupted: SnapshotID
    /// What each snapshot's files hold.
    let contents: [SnapshotID: [String: [UInt8]]]
    /// Which bytes of which packs each snapshot refers to: its listing's chunks and its files'.
    let chunks: [SnapshotID: [ObjectName: [Range<Int>]]]
    let keyManager: FakeKeyManager
    let keys: KeyManagers
    /// What a machine remembers that has read it all.
    let memory: WitnessMemory
    let time: Timestamp
    private let scratch: Scratch

    /// The CMKs that the project lists; the key manager has no others.
    static let cmks = ["fake:1", "fake:2"]

    init() async throws {
        let cluster = try await TestCluster()
        let sources = try Scratch()
        (scratch, id, time, keyManager) = (cluster.scratch, cluster.repository.id, cluster.time, cluster.keyManager)
        var random = SeededRandom(seed: 22)
        try await cluster.store.create(.repository, RepositoryDescription(repository: id, created: time).encoded)
        // One is compressed, one is raw and of more than a block, one changes.
        try sources.write(Array(String(repeating: "a line that compresses; ", count: 40).utf8), to: "a")
        try sources.write(random.bytes(5_000), to: "b")
        try sources.write(random.bytes(100), to: "c")
        first = try await cluster.backUp(cluster.request([sources.path])).snapshot
        let successor = keyManager.createCMK()
        for event in [KeyRecord.Event.activate(successor), .retire(try Self.cmk(0))] {
            try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in event }
        }
        try sources.write(random.bytes(120), to: "c")
        second = try await cluster.backUp(cluster.request([sources.path], after: 60)).snapshot
        for id in [first, second] {
            for event in [SnapshotRecord.Event.hold("case-7"), .expiry(time + 40 * 86_400, byPolicy: false)] {
                try await cluster.repository.append(to: id, at: time, by: "test") { _ in event }
            }
        }
        interrupted = try await Self.interrupt(cluster)
        keys = KeyManagers([keyManager], trusted: Self.cmks.compactMap(CMKPattern.init))
        (contents, chunks) = try await Self.read([first, second], of: cluster)
        memory = try await Self.remember(cluster.repository, at: time)
        var objects: [ObjectName: [UInt8]] = [:]
        for name in cluster.store.names { objects[name] = try await cluster.store.read(name) }
        self.objects = objects
    }

    private static func cmk(_ index: Int) throws(HoldfastError) -> CMK {
        guard let cmk = CMK(cmks[index]) else { throw .usage("no CMK", object: cmks[index]) }
        return cmk
    }

    func repository(over store: any ObjectStore) -> Repository {
        Repository(id: id, store: store, project: "test", cluster: "default")
    }

    /// A start record, and a checkpoint with one pack, as a writer leaves them that died.
    private static func interrupt(_ cluster: TestCluster) async throws -> SnapshotID {
        let (id, repository): (SnapshotID, _) = (Random.id(), cluster.repository)
        let start = SnapshotStart(cluster: "default", node: "node", source: "other", base: nil, keyLogPosition: 3)
        let record = SnapshotRecord(n: 0, at: cluster.time, by: "node", event: .start(start))
        try await cluster.store.create(
            .record(0, of: id), try SnapshotRecordCodec.encode(record, repository: repository.id, snapshot: id, prev: nil))
        var packKeys = PackKeys()
        let pack = PackEntry(id: SHA256.hash(id.bytes.span), owner: id, byteCount: 100)
        packKeys.add(pack, number: 1, key: Random.secret().bytes)
        let source = SourceDescription(name: "other", paths: [[47]], kind: .files, listing: [], entryCount: 0, byteCount: 0)
        let body = ManifestBody(
            packKeys: packKeys, lineage: Lineage(cutting: .content), nextPackNumber: 2, parent: nil, source: source, barrier: nil)
        let key = Random.secret()
        let context = try repository.context(of: id, cluster: "default", node: "node", kind: .checkpoint)
        let envelope = try await cluster.keys.wrap(key, under: cmk(1), context: context)
        let bytes = try Checkpoint.seal(body, envelope: envelope, repository: repository.id, snapshot: id, key: key)
        try await cluster.store.replace(.checkpoint(id), bytes)
        return id
    }

    private static func read(
        _ ids: [SnapshotID], of cluster: TestCluster
    ) async throws -> ([SnapshotID: [String: [UInt8]]], [SnapshotID: [ObjectName: [Range<Int>]]]) {
        var contents: [SnapshotID: [String: [UInt8]]] = [:]
        var chunks: [SnapshotID: [ObjectName: [Range<Int>]]] = [:]
        for id in ids {
            let snapshot = try await cluster.open(id)
            contents[id] = try await snapshot.contents()
            for reference in try await snapshot.references() {
                chunks[id, default: [:]][try snapshot.pack(of: reference).name, default: []].append(reference.frameRange)
            }
        }
        return (contents, chunks)
    }

    private static func remember(_ repository: Repository, at time: Timestamp) async throws -> WitnessMemory {
        var memory = WitnessMemory(repository: repository.id)
        let comparison = WitnessComparison(of: memory, with: try await sighting(of: repository), at: time)
        for (id, change) in comparison.snapshotChanges { memory.snapshots[id] = change.after }
        if let change = comparison.keyLogChange { memory.keyLog = change.after }
        return memory
    }

    /// What a look at the repository shows, as the witness is told it.
    static func sighting(of repository: Repository) async throws(HoldfastError) -> WitnessSighting {
        let sums = try await repository.readKeyLog().digests
        let terms = RetentionTerms(Policy(), under: nil, isTimeGiven: false)
        let seen = try await repository.readSnapshots().map { $0.sighting(under: terms) }
        return WitnessSighting(repository: repository.id, keyLogSums: sums, snapshots: seen)
    }
}

extension OpenedSnapshot {
    /// Every chunk that it refers to: its listing's, then its files'.
    func references() async throws(HoldfastError) -> [ChunkReference] {
        var references = body.source.listing.map(\.reference)
        var reader = ListingReader(self)
        while let entry = try await reader.next() {
            try await forEachReference(of: entry, with: makeOpener()) { references.append($0) }
        }
        return references
    }
}

extension TamperRepository {
    /// Whether a writer that resumes could go on from these bytes.
    func openCheckpoint(_ bytes: [UInt8]) async throws -> Bool {
        do {
            let clear = try Checkpoint.parse(bytes, repository: id, snapshot: interrupted)
            let context = EncryptionContext(
                project: "test", cluster: "default", repository: id, snapshot: interrupted, node: "node", kind: .checkpoint)
            let key = try await keys.unwrap(clear.envelope, context: context)
            _ = try Checkpoint.open(clear, key: key)
            return true
        } catch is FormatError {
            return false
        } catch is HoldfastError {
            return false
        }
    }
}
