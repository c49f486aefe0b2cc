import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting

@testable import HoldfastFormat

/// Writes a snapshot entry by entry, whatever is in them.
final class RestoreCraft {
    private let fixture: RestoreFixture
    private var id: SnapshotID = Random.id()
    private let lineage = Lineage(cutting: .content)
    private let hasher: ChunkHasher
    private var listing: [SourceDescription.ListingChunk] = []
    private var closed: [(entry: PackEntry, number: UInt32, key: [UInt8])] = []
    private var open: PackWriter? = PackWriter(capacity: 0)
    private var number: UInt32 = 1
    private var entries: [Entry] = []
    /// The names of the packs of files, in the order in which they were closed.
    private(set) var packs: [ObjectName] = []
    var sources = ["src"]
    /// How much of the source could not be read, as the manifest says.
    var incomplete: UInt64 = 0
    var bytesStored: UInt64 = 0
    var novelty: Novelty?

    /// Where a field stands that only a later version knows, and that must be known.
    enum Novelty: CaseIterable { case entry, body }

    /// Number 64, with 1 in it.
    private static let newField: [UInt8] = [0x80, 0x04, 0x01]

    init(_ fixture: RestoreFixture) {
        self.fixture = fixture
        hasher = ChunkHasher(hashKey: lineage.hashKey)
    }

    /// Stores bytes as one chunk of the open pack.
    func chunk(_ bytes: [UInt8], hole: UInt64 = 0, domain: ChunkDomain = .data) -> ChunkReference {
        let hash = hasher.hash(bytes.span, domain: domain)
        guard var pack = open.take() else { preconditionFailure("no pack is open") }
        let offset = pack.append(bytes.span, hash: hash)
        open = consume pack
        return ChunkReference(
            hole: hole, packNumber: number, offset: UInt32(offset), storedByteCount: UInt32(bytes.count),
            plainByteCount: UInt32(bytes.count), hash: hash)
    }

    func chunk(_ text: String) -> ChunkReference { chunk(Array(text.utf8)) }

    /// Ends the open pack and begins the next. `place`: of a byte that errs in the writer's memory, before the pack gets its name.
    func closePack(spoiling place: Int? = nil) async throws {
        guard let pack = open.take() else { return }
        let sealed = pack.finish()
        var bytes = sealed.bytes
        if let place { bytes[place] ^= 1 }
        let entry = PackEntry(id: SHA256.hash(bytes.span), owner: id, byteCount: bytes.count)
        try await fixture.store.create(entry.name, bytes)
        var key: [UInt8] = []
        key.append(contentsOf: sealed.key.bytes)
        closed.append((entry, number, key))
        packs.append(entry.name)
        number += 1
        open = PackWriter(capacity: 0)
    }

    @discardableResult
    func add(_ path: String, _ kind: Entry.Kind, _ change: (inout Entry) -> Void = { _ in }) -> RestoreCraft {
        var entry = Entry(path: Array(path.utf8), kind: kind)
        entry.mode = kind == .directory ? 0o755 : 0o644
        entry.modified = 1_000_000_007
        change(&entry)
        entries.append(entry)
        return self
    }

    @discardableResult
    func file(
        _ path: String, _ references: [ChunkReference], tail: UInt64 = 0, _ change: (inout Entry) -> Void = { _ in }
    ) -> RestoreCraft {
        add(path, .file) { entry in
            entry.size = references.reduce(tail) { $0 + $1.hole + UInt64($1.byteCount) }
            entry.content = .refs(ChunkReferences.encode(references))
            change(&entry)
        }
    }

    @discardableResult
    func file(_ path: String, _ text: String) -> RestoreCraft { file(path, [chunk(text)]) }

    /// Writes listing, start record and manifest, and opens them.
    func finish() async throws -> OpenedSnapshot { try await fixture.open(try await write()) }

    /// The same, and does not open them.
    func write() async throws -> SnapshotID {
        try await closePack()
        let filePacks = packs
        var cutter = ListingCutter(cutKey: lineage.cutKey)
        entries.sort { PathOrder.precedes($0.path, $1.path) }
        for entry in entries {
            if let chunk = try cutter.add(entry) { list(chunk.plaintext, from: chunk.firstPath) }
        }
        if let chunk = cutter.finish() { list(chunk.plaintext, from: chunk.firstPath) }
        try await closePack()
        packs = filePacks
        try await seal()
        return id
    }

    private func list(_ plaintext: [UInt8], from path: [UInt8]) {
        var bytes = plaintext
        if novelty == .entry {
            // The first entry is short, so that its length is one byte.
            bytes.insert(contentsOf: Self.newField, at: 1 + Int(bytes[0]))
            bytes[0] += UInt8(Self.newField.count)
        }
        listing.append(.init(firstPath: path, reference: chunk(bytes, domain: .listing)))
    }

    /// Writes one more snapshot of the same, after `finish()`: all of its packs are the first one's.
    func finishAgain() async throws -> OpenedSnapshot {
        id = Random.id()
        try await seal()
        return try await fixture.open(id)
    }

    private func seal() async throws {
        let (repository, time) = (fixture.repository, RestoreFixture.time)
        let start = try SnapshotRecordCodec.encode(
            SnapshotRecord(
                n: 0, at: time, by: "n",
                event: .start(SnapshotStart(cluster: "c", node: "n", source: "s", base: nil, keyLogPosition: 0))),
            repository: repository.id, snapshot: id, prev: nil)
        let key = Random.secret()
        let context = try repository.context(of: id, cluster: "c", node: "n", kind: .manifest)
        let envelope = try await fixture.keys.wrap(key, under: fixture.cmk, context: context)
        let header = ManifestHeader(
            start: SHA256.hash(start.span), cluster: "c", node: "n", source: "s", time: time, started: time, finished: time,
            expires: nil, base: nil, barrier: nil, keyLogPosition: 0, bytesRead: 0, bytesNew: 0, bytesStored: bytesStored,
            files: UInt64(entries.count { $0.kind == .file }), incomplete: incomplete, envelopes: [envelope], tool: "test")
        let description = SourceDescription(
            name: "s", paths: sources.map { Array($0.utf8) }, kind: .files, listing: listing, entryCount: UInt64(entries.count),
            byteCount: entries.reduce(0) { $0 &+ $1.size })
        var keys = PackKeys()
        for pack in closed { keys.add(pack.entry, number: pack.number, key: pack.key.span) }
        let body = ManifestBody(
            packKeys: keys, lineage: lineage.next(), nextPackNumber: number, parent: nil, source: description, barrier: nil)
        let manifest = try sealed(header, body, key)
        try await fixture.store.create(.record(0, of: id), start)
        try await fixture.store.create(.record(1, of: id), manifest)
    }

    private func sealed(
        _ header: ManifestHeader, _ body: borrowing ManifestBody, _ key: borrowing Secret
    ) throws -> [UInt8] {
        let repository = fixture.repository.id
        let manifest = try Manifest.seal(header: header, body: body, repository: repository, snapshot: id, key: key)
        guard novelty == .body else { return manifest }
        let clear = try Manifest.parse(manifest, repository: repository, snapshot: id)
        let plaintext = try clear.container.openBody(key: key)
        var newer: [UInt8] = []
        newer.append(contentsOf: plaintext.bytes)
        newer += Self.newField
        return try ClearContainer.seal(
            clear.container.identity, header: clear.container.header, packs: clear.packs, body: newer.span, key: key)
    }
}
