import CPosix
import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("An attribute of which the value is lost")
struct LostAttributeTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
    }

    /// A snapshot of a real directory with an attribute, and of two files of one content. The pack with the attribute, and with one of the files, is gone.
    private func damagedSnapshot() async throws {
        let craft = RestoreCraft(fixture)
        craft.sources = [String(scratch("s").dropFirst())]
        let (attribute, content) = (craft.chunk(Array("value".utf8), domain: .xattr), craft.chunk("text"))
        try await craft.closePack()
        let copy = craft.chunk("text")
        let walk = TreeWalk(roots: [Array(scratch("s").utf8)], filter: WalkFilter()) { Issue.record("\($0)") }
        while let walked = walk.next() {
            let path = String(decoding: walked.path, as: UTF8.self)
            craft.add(path, walked.kind) { entry in
                entry = walked
                entry.isRacy = false
                if path.hasSuffix("/s/d") {
                    let value = ExtendedAttribute.Value.ref(ChunkReferences.encode([attribute]))
                    entry.xattrs = [ExtendedAttribute(name: Array("user.x".utf8), value: value)]
                }
                if walked.kind == .file { entry.content = .refs(ChunkReferences.encode([path.hasSuffix("/f") ? content : copy])) }
            }
        }
        _ = try await craft.finish()
        try await fixture.store.delete(craft.packs[0])
    }

    private func salvagedSnapshot() async throws -> SnapshotID {
        let check = CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0)
        let result = try await CheckRepository(repository: fixture.repository).run(check)
        let settings = RepairSettings(now: RestoreFixture.time, node: "n", packByteCount: 1 << 20, tool: "test")
        let findings = try await RepairRepository(fixture.repository, keys: fixture.keys).run(result, settings) { _, _ in }
        return try #require(findings.first?.salvaged, "\(findings)")
    }

    @Test("of a directory in a salvaged snapshot is read again by the backup that takes that one as its base")
    func readAgain() async throws {
        try scratch.directory("s")
        try scratch.directory("s/d")
        for name in ["s/f", "s/g"] { try scratch.file(name, "text") }
        guard unsafe lsetxattr(scratch("s/d"), "user.x", "value", 5, 0) == 0 else {
            return print("NOT TESTED: this file system has no extended attributes")
        }
        try await damagedSnapshot()
        try await fixture.repository.appendToKeyLog(at: RestoreFixture.time, by: "n") { _ in .activate(fixture.cmk) }
        let salvaged = try await salvagedSnapshot()
        let backup = Backup(
            repository: fixture.repository, keys: fixture.keys,
            witness: try Witness(at: scratch("witness/witness.sqlite"), of: fixture.repository.id), progress: BackupProgress())
        let summary = try await backup.run(
            BackupRequest(
                node: "n", source: "s", contents: .paths([Array(scratch("s").utf8)], WalkFilter()), base: .snapshot(salvaged),
                expires: nil, time: RestoreFixture.time + 60, tool: "test"))
        #expect(summary.header.base == salvaged)
        var reader = ListingReader(try await fixture.open(summary.snapshot))
        var values: [ExtendedAttribute] = []
        while let entry = try await reader.next() { values += entry.xattrs }
        #expect(values == [ExtendedAttribute(name: Array("user.x".utf8), value: .inline(Array("value".utf8)))])
    }
}
