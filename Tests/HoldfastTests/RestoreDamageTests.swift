import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite struct RestoreDamageTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
        craft = RestoreCraft(fixture)
    }

    /// Three packs, and names with a prefix; `a` lies in the first, `b` in the second, `both` in both, `c` in the third, twice by two names.
    private func makeSnapshot(as prefix: String = "") async throws -> OpenedSnapshot {
        let first = craft.chunk("first")
        craft.file(prefix + "a", [first])
        try await craft.closePack()
        let second = craft.chunk("second")
        craft.file(prefix + "b", [second]).file(prefix + "both", [first, second])
        try await craft.closePack()
        func linked(_ entry: inout Entry) { (entry.inode, entry.linkCount) = (7, 2) }
        let third = craft.chunk("third")
        craft.file(prefix + "c", [third], linked).file(prefix + "c2", [third], linked)
        return try await craft.finish()
    }

    enum Harm: CaseIterable { case flipped, cut, swapped, missing }

    private func harm(_ harm: Harm, _ name: ObjectName) async throws {
        let other = try await fixture.store.read(craft.packs[0])
        switch harm {
        case .flipped: fixture.store.tamper(name) { $0[10] ^= 1 }
        case .cut: fixture.store.tamper(name) { $0.removeLast($0.count - 12) }
        case .swapped: fixture.store.tamper(name) { $0 = other }
        case .missing: try await fixture.store.delete(name)
        }
    }

    @Test(
        "files with a chunk in a bad pack are named with it and not left behind; the others are restored",
        arguments: Harm.allCases)
    func damage(_ harm: Harm) async throws {
        let snapshot = try await makeSnapshot()
        try await self.harm(harm, craft.packs[1])
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(summary.errors.map(\.path) == [Array("b".utf8), Array("both".utf8)])
        #expect(summary.errors.allSatisfy { $0.object == craft.packs[1] } && summary.worst == .damage)
        #expect(scratch.tree("t") == ["a", "c", "c2"])
        #expect(try scratch.text("t/a") == "first" && scratch.text("t/c2") == "third")
        #expect(summary.figures.filesRestored == 3)
    }

    @Test("every name of a damaged file is reported") func damagedLinks() async throws {
        let snapshot = try await makeSnapshot()
        try await harm(.flipped, craft.packs[2])
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(summary.errors.map(\.path) == [Array("c".utf8), Array("c2".utf8)])
        #expect(summary.errors.allSatisfy { $0.object == craft.packs[2] })
    }

    @Test("no name of a file that failed is linked to what stood at another, and each is reported", arguments: [0, 10_001])
    func staleLinks(failuresBefore: Int) async throws {
        // Nothing can be restored below a link.
        craft.add("a", .symlink) { $0.linkTarget = [1] }
        for number in 0..<failuresBefore { craft.add("a/\(number)", .file) }
        let snapshot = try await makeSnapshot(as: "n")
        try await harm(.flipped, craft.packs[2])
        let target = try scratch.target()
        for name in ["nc", "nc2"] { try scratch.file("t/\(name)", "old \(name)") }
        let summary = try await Restore(snapshot, to: target).run()
        #expect(try scratch.text("t/nc") == "old nc" && scratch.text("t/nc2") == "old nc2")
        #expect(summary.errorCount == failuresBefore + 2)
    }

    @Test("the first failure of every cause is kept, however many came before") func worstIsKept() async throws {
        craft.add("a", .symlink) { $0.linkTarget = [1] }
        for number in 0..<10_001 { craft.add("a/\(number)", .file) }
        let snapshot = try await makeSnapshot(as: "n")
        try await harm(.flipped, craft.packs[1])
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(summary.errorCount == 10_003 && summary.worst == .damage)
        #expect(summary.errors.first { $0.cause == .damage }?.object == craft.packs[1])
    }

    @Test("of a pack that was cut short, what is before the cut is restored") func cutPack() async throws {
        let chunks = (0..<3).map { craft.chunk("chunk number \($0)") }
        for (index, chunk) in chunks.enumerated() { craft.file("f\(index)", [chunk]) }
        let snapshot = try await craft.finish()
        fixture.store.tamper(craft.packs[0]) { $0.removeLast($0.count - chunks[1].frameRange.upperBound) }
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(scratch.tree("t") == ["f0", "f1"] && summary.errors.map(\.object) == [craft.packs[0]])
    }

    @Test("a damaged chunk leaves the file that is there as it was") func keepsOld() async throws {
        let snapshot = try await makeSnapshot()
        try await harm(.flipped, craft.packs[0])
        let target = try scratch.target()
        try scratch.file("t/a", "old")
        _ = try await Restore(snapshot, to: target).run()
        #expect(try scratch.text("t/a") == "old")
    }

    @Test("a listing whose chunks do not make up the file's size is refused") func wrongSize() async throws {
        let chunk = craft.chunk("abc")
        craft.file("long", [chunk]) { $0.size = 2 }.file("huge", [chunk]) { $0.size = .max }.file("fine", [chunk])
        let summary = try await Restore(try await craft.finish(), to: try scratch.target()).run()
        #expect(summary.errors.map(\.path) == [Array("huge".utf8), Array("long".utf8)] && summary.worst == .damage)
        #expect(scratch.tree("t") == ["fine"])
    }

    @Test("a reference to a pack that the manifest does not list is damage of that file alone") func unknownPack() async throws {
        var chunk = craft.chunk("abc")
        craft.file("fine", [chunk])
        chunk.packNumber = 99
        craft.file("lost", [chunk])
        let summary = try await Restore(try await craft.finish(), to: try scratch.target()).run()
        #expect(summary.errors.map(\.path) == [Array("lost".utf8)] && scratch.tree("t") == ["fine"])
    }

    @Test("a snapshot that is purged meanwhile is a lost race, and no part of a file is left") func purged() async throws {
        let snapshot = try await makeSnapshot()
        for name in [craft.packs[1], .record(0, of: snapshot.id)] { try await fixture.store.delete(name) }
        await #expect { try await Restore(snapshot, to: try scratch.target()).run() } throws: {
            if case HoldfastError.lostRace = $0 { true } else { false }
        }
        #expect(!scratch.tree("t").contains("both"))
    }
}
