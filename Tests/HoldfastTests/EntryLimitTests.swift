import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import Testing

@testable import Holdfast

@Suite("What an entry can hold")
struct EntryLimitTests {
    private static let limit = 4 << 20

    /// An attribute with which the entry is as long as one may be.
    private func filling(_ entry: Entry) throws -> [ExtendedAttribute] {
        func filled(_ count: Int) -> [ExtendedAttribute] {
            [ExtendedAttribute(name: Array("user.x".utf8), value: .inline([UInt8](repeating: 7, count: count)))]
        }
        var (probe, bytes) = (entry, [UInt8]())
        probe.xattrs = filled(Self.limit - 10_000)
        try EntryCodec.append(probe, to: &bytes)
        return filled(2 * Self.limit - 10_000 - bytes.count)
    }

    @Test("a file whose entry has become too long is named and left out, the rest stands, and the next backup stores it anew")
    func tooLong() async throws {
        let scratch = try RestoreScratch()
        try scratch.directory("s")
        for name in ["s/a", "s/b"] { try scratch.file(name, "content") }
        let fixture = try RestoreFixture()
        var reader = ListingReader(try await fixture.backup(scratch("s"), witness: scratch("w")))
        let craft = RestoreCraft(fixture)
        craft.sources = [String(scratch("s").dropFirst())]
        while let entry = try await reader.next() {
            let path = String(decoding: entry.path, as: UTF8.self)
            // The device is the one thing that an unchanged file takes from the walk.
            var stored = entry
            (stored.device, stored.isRacy, stored.content) = (0, false, .refs([]))
            if path.hasSuffix("/a") { stored.xattrs = try filling(stored) }
            craft.add(path, entry.kind) { [stored] in $0 = stored }
        }
        let base = try await craft.finish()
        func backUp(on base: SnapshotID) async throws -> BackupSummary {
            try await Backup(
                repository: fixture.repository, keys: fixture.keys,
                witness: try Witness(at: scratch("w"), of: fixture.repository.id), progress: BackupProgress()
            ).run(
                BackupRequest(
                    node: "n", source: "s", contents: .paths([Array(scratch("s").utf8)], WalkFilter()), base: .snapshot(base),
                    expires: nil, time: RestoreFixture.time, tool: "test"))
        }
        let summary = try await backUp(on: base.id)
        #expect(summary.header.base == base.id && summary.problems.map(\.displayPath) == [scratch("s/a")])
        guard case .unwritable = summary.problems.first?.what else { Issue.record("\(summary.problems)"); return }
        #expect(try await fixture.open(summary.snapshot).contents().keys.sorted() == [scratch("s/b")])
        let next = try await backUp(on: summary.snapshot)
        #expect(next.problems == [])
        #expect(try await fixture.open(next.snapshot).contents()[scratch("s/a")] == Array("content".utf8))
    }

    @Test("a file that is larger than one may be is left out, and named") func tooLarge() async throws {
        var listing = ListingWriter(try await TestCluster().makeFileWriter().chunks, lineage: Lineage(cutting: .content))
        var entry = Entry(path: Array("a".utf8), kind: .file)
        entry.size = 1 << 62
        let none = try await listing.add(entry)
        #expect(none == nil)
        (entry.path, entry.size) = (Array("b".utf8), entry.size + 1)
        let problem = try await listing.add(entry)
        #expect(problem?.path == entry.path && listing.entryCount == 1)
    }

    /// A beginning with so many lists, and behind them all but the last reference of one more.
    private func beginning(listCount: Int, _ reference: ChunkReference) -> FileBeginning {
        let packed = ChunkReferences.encode([reference])
        let references = (0..<((1 << 20) / packed.count)).flatMap { _ in packed }
        return FileBeginning(
            byteCount: 0, lists: Array(repeating: reference, count: listCount), references: references, pageMap: [],
            openPageMap: nil)
    }

    @Test("references to as many lists as an entry names are kept; one more is refused, by name, before all else is read")
    func lists() async throws {
        let chunks = try await TestCluster().makeFileWriter().chunks
        let reference = ChunkReference(
            packNumber: 1, offset: 8, storedByteCount: 1, plainByteCount: 1, hash: SHA256.hash([1].span))
        let mostCount = EntryCodec.maximumListsByteCount / ChunkReferences.encode([reference]).count
        var collector = ReferenceCollector(chunks, of: Array("f".utf8), after: beginning(listCount: mostCount - 2, reference))
        try await collector.append([reference])
        var entry = Entry(path: [UInt8](repeating: 1, count: EntryCodec.maximumPathByteCount), kind: .file)
        entry.content = try await collector.finish()
        var bytes: [UInt8] = []
        try EntryCodec.append(entry, to: &bytes)
        #expect(bytes.count > (4 << 20) - (8 << 10))
        collector = ReferenceCollector(chunks, of: Array("f".utf8), after: beginning(listCount: mostCount, reference))
        var refusal: HoldfastError?
        do throws(HoldfastError) { try await collector.append([reference]) } catch { refusal = error }
        guard case .unwritable("/f", _) = refusal else { Issue.record("\(String(describing: refusal))"); return }
    }
}
