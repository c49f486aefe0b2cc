import HoldfastCrypto
import HoldfastModel

@testable import HoldfastFormat

/// One of every kind of object and record. The ids are those that the fuzzer reads them as.
struct Seeds {
    struct Unnamed: Error {}

    private let repository: RepositoryID
    private let snapshot: SnapshotID
    private let time: Timestamp
    private let cmk: CMK
    private let previous = SHA256.hash(Array("the record before".utf8).span)
    private var key: Secret { Secret(count: 32) { _ in } }

    init() throws {
        guard let repository = RepositoryID("00112233445566778899aabbccddeeff"),
            let snapshot = SnapshotID("ffeeddccbbaa99887766554433221100"), let time = Timestamp("2027-01-31T18:00:00Z"),
            let cmk = CMK("local:keyring/key")
        else { throw Unnamed() }
        (self.repository, self.snapshot, self.time, self.cmk) = (repository, snapshot, time, cmk)
    }

    /// By target and name.
    var all: [String: [UInt8]] {
        get throws {
            var seeds: [String: [UInt8]] = [
                "container/manifest": try Manifest.seal(
                    header: header, body: try body(), repository: repository, snapshot: snapshot, key: key),
                "container/checkpoint": try Checkpoint.seal(
                    try body(), envelope: envelope, repository: repository, snapshot: snapshot, key: key),
                "body/two-packs": try plainBody(), "header/whole": HeaderCodec.encode(header),
                "envelope/whole": EnvelopeCodec.encode(envelope).serialized, "listing/kinds": try listing(),
                "references/three": ChunkReferences.encode(references), "page-map/two": pageMap.bytes,
                "unfinished/database": try unfinished().encoded,
                "repository/whole": RepositoryDescription(repository: repository, created: time).encoded,
            ]
            for (name, event) in keyEvents { seeds["key-record/\(name)"] = try keyRecord(event) }
            for (name, n, event) in snapshotEvents { seeds["snapshot-record/\(name)"] = try snapshotRecord(event, n) }
            return seeds
        }
    }

    private var envelope: Envelope { Envelope(cmk: cmk, version: "3", wrapped: [1, 2, 255], created: time, requestID: "r") }

    private var header: ManifestHeader {
        ManifestHeader(
            start: previous, cluster: "Zürich", node: "db-1", source: "data", time: time, started: time, finished: time + 90,
            expires: time + 86_400, lock: SnapshotLock(expires: time + 86_400, base: nil), items: ["daily"], label: "a \"label\"",
            tags: ["x", "y"], base: snapshot, barrier: 3, keyLogPosition: 4, bytesRead: 10, bytesNew: 9, bytesStored: 8, files: 7,
            incomplete: 1, envelopes: [envelope], tool: "holdfast 1.0")
    }

    private var packs: [PackEntry] {
        (0..<2).map { PackEntry(id: SHA256.hash([UInt8($0)].span), owner: snapshot, byteCount: 1 << 20) }.sorted { $0.id < $1.id }
    }

    private func body() throws -> ManifestBody {
        var packKeys = PackKeys()
        for (number, pack) in packs.enumerated() { packKeys.add(pack, number: UInt32(number + 5), key: key.bytes) }
        let source = SourceDescription(
            name: "data", paths: [Array("etc".utf8)], kind: .database, listing: [.init(firstPath: [], reference: references[0])],
            entryCount: 12, byteCount: 1 << 40)
        return ManifestBody(
            packKeys: packKeys, lineage: Lineage(cutting: .blocks), nextPackNumber: 8,
            parent: .init(id: snapshot, clearDigest: previous), source: source, barrier: 3,
            copiedFrom: .init(repository: repository, snapshot: snapshot),
            packUses: [5: PackUse(liveByteCount: 10, written: time, keptUntil: time + 1)],
            unlisted: try UnlistedWork(entries: [listing()], files: [unfinished()]))
    }

    /// The first byte says how many packs there are.
    private func plainBody() throws -> [UInt8] {
        let secret = ManifestBodyCodec.encode(try body(), packs: packs)
        var bytes: [UInt8] = [2]
        bytes.append(contentsOf: secret.bytes)
        return bytes
    }

    private var references: [ChunkReference] {
        [0, 7, 1 << 30].map { hole in
            ChunkReference(
                hole: hole, packNumber: 5, offset: 8, storedByteCount: 100, plainByteCount: 200, from: 20,
                take: hole == 7 ? 30 : 0,
                hash: previous)
        }.map { reference in
            var reference = reference
            if reference.take == 0 { reference.from = 0 }
            return reference
        }
    }

    private var pageMap: PageMap { PageMap(PageMap.Shape(pageByteCount: 8192, pageCount: 512), [.none, .none]) }

    private func unfinished() throws -> UnfinishedFile {
        var entry = Entry(path: Array("data/large".utf8), kind: .file)
        (entry.size, entry.modified, entry.content) = (1 << 30, -5, .refLists(ChunkReferences.encode([references[0]])))
        return try UnfinishedFile(
            entry: entry, byteCount: 1 << 20, references: ChunkReferences.encode(references),
            openPageMap: .init(pageMap, firstPage: 1024))
    }

    /// Every kind of entry, with all that one can have.
    private func listing() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for kind in Entry.Kind.allCases {
            var entry = Entry(path: Array("dir/\(kind.rawValue)".utf8), kind: kind)
            (entry.mode, entry.uid, entry.gid, entry.modified, entry.changed) = (0o644, 1000, 1000, -1, 1 << 60)
            (entry.inode, entry.device, entry.linkCount, entry.deviceNumber) = (77, 1, 2, 300)
            entry.xattrs = [
                ExtendedAttribute(name: Array("user.a".utf8), value: .inline([1, 2])),
                ExtendedAttribute(name: Array("user.b".utf8), value: .ref(ChunkReferences.encode([references[0]]))),
            ]
            (entry.ownerName, entry.groupName) = (Array("root".utf8), Array("wheel".utf8))
            if kind == .symlink { entry.linkTarget = Array("../there".utf8) }
            if kind == .file {
                (entry.size, entry.content) = (4000, .refs(ChunkReferences.encode(references)))
                entry.pageMap = ChunkReferences.encode([references[0]])
                (entry.isRacy, entry.inodeFlags) = (true, 16)
            }
            try EntryCodec.append(entry, to: &bytes)
        }
        return bytes
    }

    private var keyEvents: [(String, KeyRecord.Event)] {
        let announcement: AnnouncementID? = AnnouncementID("0123456789abcdef0123456789abcdef")
        var events: [(String, KeyRecord.Event)] = [
            ("activate", .activate(cmk)), ("retire", .retire(cmk)), ("barrier", .barrier), ("roster", .roster([repository])),
            ("scheduled", .scheduled(cmk, date: time)), ("cancelled", .cancelled(cmk)), ("deleted", .deleted(cmk)),
        ]
        if let announcement {
            events += [
                ("announce", .announce(Announcement(id: announcement, home: repository, cmks: [cmk]))),
                ("approve", .approve(announcement)), ("withdraw", .withdraw(announcement)),
            ]
        }
        return events
    }

    private var snapshotEvents: [(String, Int, SnapshotRecord.Event)] {
        [
            ("start", 0, .start(SnapshotStart(cluster: "c", node: "n", source: "s", base: snapshot, keyLogPosition: 3))),
            ("aborted", 1, .aborted(reason: "full")), ("condemned", 2, .condemned(rule: "expiry", purgeAfter: time)),
            ("undeleted", 2, .undeleted(until: time, hold: "audit")), ("hold", 2, .hold("audit")),
            ("release", 2, .release("audit")),
            ("expiry", 2, .expiry(time, byPolicy: true)), ("locked", 2, .locked(until: time)),
            ("envelope", 2, .envelope(envelope)),
            ("damaged", 2, .damaged(detail: "rot")), ("sound", 2, .sound), ("deleting", 2, .deleting),
        ]
    }

    private func keyRecord(_ event: KeyRecord.Event) throws -> [UInt8] {
        try withoutSum(
            KeyRecordCodec.encode(KeyRecord(n: 2, at: time, by: "db-1", event: event), repository: repository, prev: previous))
    }

    private func snapshotRecord(_ event: SnapshotRecord.Event, _ n: Int) throws -> [UInt8] {
        let record = SnapshotRecord(n: n, at: time, by: "db-1", event: event)
        return try withoutSum(
            SnapshotRecordCodec.encode(record, repository: repository, snapshot: snapshot, prev: n == 0 ? nil : previous))
    }

    /// A record up to its last member, which the fuzzer makes fit.
    private func withoutSum(_ record: [UInt8]) -> [UInt8] { record.dropLast(#""sum":""}"#.utf8.count + 64) }
}
