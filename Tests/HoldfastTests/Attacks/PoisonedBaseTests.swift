import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastStorage
import Testing

/// A base that says of a file what it is, by every number of its stat, and has other bytes for it.
@Suite("A poisoned base")
struct PoisonedBaseTests {
    /// Backs up a file beside such a base, and answers what the new snapshot has.
    private func contents(baseIsRacy isRacy: Bool) async throws -> [String: [UInt8]] {
        let scratch = try RestoreScratch()
        let fixture = try RestoreFixture()
        try scratch.file("a", "right")
        let craft = RestoreCraft(fixture)
        let poison = craft.chunk("wrong")
        let walk = TreeWalk(roots: [Array(scratch("a").utf8)], filter: WalkFilter()) { Issue.record("\($0)") }
        while let walked = walk.next() {
            let path = String(decoding: walked.path, as: UTF8.self)
            guard walked.kind == .file else {
                craft.add(path, walked.kind) { $0 = walked }
                continue
            }
            craft.file(path, [poison]) { entry in
                let content = entry.content
                entry = walked
                (entry.content, entry.isRacy) = (content, isRacy)
            }
        }
        let base = try await craft.finish()
        try await fixture.repository.appendToKeyLog(at: RestoreFixture.time, by: "n") { _ in .activate(fixture.cmk) }
        let witness = try Witness(at: scratch("witness/witness.sqlite"), of: fixture.repository.id)
        let backup = Backup(
            repository: fixture.repository, keys: fixture.keys, witness: witness, progress: BackupProgress())
        let request = BackupRequest(
            node: "n", source: "s", contents: .paths([Array(scratch("a").utf8)], WalkFilter()), base: .snapshot(base.id),
            expires: nil, time: RestoreFixture.time + 60, tool: "test")
        let summary = try await backup.run(request)
        #expect(summary.header.base == base.id)
        return try await fixture.open(summary.snapshot).contents()
    }

    @Test("W6: a file that may have changed within the grain of its times is read again, whatever its stat says")
    func racy() async throws {
        #expect(try await contents(baseIsRacy: true).values.map { String(decoding: $0, as: UTF8.self) } == ["right"])
        // Where the base is trusted and nothing is racy nobody reads the file: so only what this node committed is a base.
        #expect(try await contents(baseIsRacy: false).values.map { String(decoding: $0, as: UTF8.self) } == ["wrong"])
    }
}
