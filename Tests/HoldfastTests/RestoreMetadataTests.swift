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

    enum Change: CaseIterable { case mode, group, linkOwner, pipeMode, added, missing, other, otherLong }

    private func make(_ change: Change) throws {
        switch change {
        case .mode: try called(unsafe chmod(scratch("t/key"), 0o400))
        case .group: try called(unsafe chown(scratch("t/key"), geteuid(), 1000))
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
        if geteuid() != 0, [.group, .linkOwner].contains(change) { return print("NOT TESTED: owners need root") }
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
        #expect(try summary.figures.filesSkipped == 3 && scratch.status("t/key").mode == 0o400)
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
        #expect(try scratch.status("outside").mode == 0o400 && scratch.text("outside") == "secret")
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

    enum Stranger: CaseIterable { case owner, group, others, namedUser }

    /// An access list that lets user 1000 write.
    private static let accessList: [UInt8] =
        [2, 0, 0, 0]
        + [(1, 6, -1), (2, 6, 1000), (4, 0, -1), (16, 6, -1), (32, 0, -1)].flatMap { tag, rights, id -> [UInt8] in
            let id = UInt32(bitPattern: Int32(id))
            return [UInt8(tag), 0, UInt8(rights), 0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }
        }

    @Test(
        "what somebody else may have written, of the snapshot's size and time, gets no owner and set-id bits: it is made anew",
        arguments: Stranger.allCases)
    func strangersBytes(stranger: Stranger) async throws {
        if geteuid() != 0 { return print("NOT TESTED: owners need root") }
        let mode: UInt32 = stranger == .namedUser ? 0o4775 : 0o4755
        craft.file("key", [craft.chunk("secret")]) { $0.mode = mode }
        let snapshot = try await craft.finish()
        try scratch.directory("t")
        try scratch.file("t/key", "SECRET")
        switch stranger {
        case .owner: try called(unsafe chown(scratch("t/key"), 1000, 1000))
        case .group: try called(unsafe chmod(scratch("t/key"), 0o664))
        case .others: try called(unsafe chmod(scratch("t/key"), 0o646))
        case .namedUser:
            let list = Self.accessList
            guard unsafe setxattr(scratch("t/key"), "system.posix_acl_access", list, list.count, 0) == 0 else {
                return print("NOT TESTED: no access lists in /tmp")
            }
        }
        let times = [timespec(tv_sec: 1, tv_nsec: 7), timespec(tv_sec: 1, tv_nsec: 7)]
        try called(unsafe utimensat(AT_FDCWD, scratch("t/key"), times, 0))
        // Whoever has it open keeps that, and no other file gets its inode meanwhile.
        let descriptor = unsafe open(scratch("t/key"), O_RDONLY)
        defer { close(descriptor) }
        let before = try scratch.status("t/key").inode
        let options = RestoreOptions(overwrite: .ifChanged)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        let after = try scratch.status("t/key")
        #expect(try summary.errors == [] && scratch.text("t/key") == "secret")
        #expect(after.mode == mode && after.uid == 0 && after.inode != before)
    }

    @Test("where there is no /proc, files are kept and compared all the same")
    func withoutProc() async throws {
        if geteuid() != 0 { return print("NOT TESTED: a chroot needs root") }
        await #expect(processExitsWith: .success) {
            let scratch = try RestoreScratch()
            let craft = RestoreCraft(try RestoreFixture())
            for name in ["a", "b"] { craft.file(name, name) }
            let snapshot = try await craft.finish()
            _ = try await Restore(snapshot, to: try scratch.target()).run()
            try called(unsafe chmod(scratch("t/a"), 0o600))
            let root = unsafe open("/", O_RDONLY | O_DIRECTORY)
            try called(unsafe chroot(scratch.path))
            let target = try RestoreTarget(directory: Array("/t".utf8))
            let summary = try await Restore(snapshot, to: target, options: RestoreOptions(overwrite: .ifChanged)).run()
            try called(fchdir(root))
            try called(unsafe chroot("."))
            #expect(summary.errors == [] && summary.figures.filesRestored == 1 && summary.figures.filesSkipped == 1)
            #expect(try scratch.status("t/a").mode == 0o644)
        }
    }
}
