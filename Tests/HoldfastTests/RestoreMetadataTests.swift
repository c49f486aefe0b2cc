import CPosix
import Glibc
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

/// Files that `--overwrite if-changed` keeps for their size and time, and whose metadata are others.
@Suite struct RestoreMetadataTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
        craft = RestoreCraft(fixture)
    }

    /// A key that its owner alone may read, with an attribute in its entry and one that is too long for that; beside it a link and a FIFO.
    private func makeSnapshot() async throws -> OpenedSnapshot {
        let long = craft.chunk([UInt8](repeating: 7, count: 900), domain: .xattr)
        try await craft.closePack()
        craft.file("key", [craft.chunk("secret")]) { entry in
            (entry.mode, entry.uid, entry.gid) = (0o600, geteuid(), getegid())
            entry.xattrs = [
                ExtendedAttribute(name: Array("user.a".utf8), value: .inline([1])),
                ExtendedAttribute(name: Array("user.b".utf8), value: .ref(ChunkReferences.encode([long]))),
            ]
        }
        craft.add("link", .symlink) { entry in
            (entry.linkTarget, entry.uid, entry.gid) = (Array("key".utf8), geteuid(), getegid())
        }
        craft.add("pipe", .fifo) { ($0.uid, $0.gid) = (geteuid(), getegid()) }
        return try await craft.finish()
    }

    enum Change: CaseIterable { case mode, owner, linkOwner, pipeMode, added, missing, other, otherLong }

    private func make(_ change: Change) throws {
        switch change {
        case .mode: try called(unsafe chmod(scratch("t/key"), 0o777))
        case .owner: try called(unsafe chown(scratch("t/key"), 1000, 1000))
        case .linkOwner: try called(unsafe lchown(scratch("t/link"), 1000, 1000))
        case .pipeMode: try called(unsafe chmod(scratch("t/pipe"), 0o666))
        case .added: try called(unsafe setxattr(scratch("t/key"), "user.c", [1], 1, 0))
        case .missing: try called(unsafe removexattr(scratch("t/key"), "user.a"))
        case .other: try called(unsafe setxattr(scratch("t/key"), "user.a", [2], 1, 0))
        case .otherLong: try called(unsafe setxattr(scratch("t/key"), "user.b", [2], 1, 0))
        }
    }

    @Test(
        "if-changed leaves the bytes of a file alone that has the snapshot's size and time, and gives it the snapshot's metadata",
        arguments: Change.allCases)
    func mended(change: Change) async throws {
        if geteuid() != 0, [.owner, .linkOwner].contains(change) { return print("NOT TESTED: owners need root") }
        let snapshot = try await makeSnapshot()
        let options = RestoreOptions(overwrite: .ifChanged)
        let first = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        guard first.errors.isEmpty else { return print("NOT TESTED: no user attributes in /tmp") }
        let before = scratch.entries("t")
        let inode = try scratch.status("t/key").inode
        try make(change)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && scratch.entries("t") == before)
        #expect(summary.figures.filesRestored == 1 && summary.figures.filesSkipped == 2)
        #expect(try summary.figures.bytesWritten == 0 && scratch.status("t/key").inode == inode)
        let again = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(again.figures.filesSkipped == 3 && again.errors == [], "nothing is left to be put right")
    }

    @Test("what if-newer and never leave alone keeps its metadata", arguments: [.ifNewer, .never] as [Overwrite])
    func kept(overwrite: Overwrite) async throws {
        let snapshot = try await makeSnapshot()
        _ = try await Restore(snapshot, to: try scratch.target()).run()
        try make(.mode)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: RestoreOptions(overwrite: overwrite)).run()
        #expect(try summary.figures.filesSkipped == 3 && scratch.status("t/key").mode == 0o777)
    }

    @Test("what has another name, outside the target even, is made anew, and that name keeps its metadata") func otherName()
        async throws
    {
        let snapshot = try await makeSnapshot()
        let options = RestoreOptions(overwrite: .ifChanged)
        _ = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        let before = scratch.entries("t")
        try make(.mode)
        try called(unsafe Glibc.link(scratch("t/key"), scratch("outside")))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && scratch.entries("t") == before)
        #expect(try scratch.status("outside").mode == 0o777 && scratch.text("outside") == "secret")
    }

    @Test("of a file whose attribute is damaged in the repository, what stands is left as it is") func damaged() async throws {
        let snapshot = try await makeSnapshot()
        let options = RestoreOptions(overwrite: .ifChanged)
        _ = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        fixture.store.tamper(craft.packs[0]) { $0[8 + 20 + 1] ^= 1 }
        let before = scratch.entries("t")
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.map(\.path) == [Array("key".utf8)] && summary.worst == .damage)
        #expect(scratch.entries("t") == before)
    }
}
