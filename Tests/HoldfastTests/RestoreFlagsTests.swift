import CPosix
import Glibc
import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

/// The inode flags of files that a test makes.
private enum InodeFlags {
    static let immutable = UInt32(FS_IMMUTABLE_FL)
    static let appendOnly = UInt32(FS_APPEND_FL)

    /// Whether the file system of /tmp has such flags, and this process may set them.
    static var areKept: Bool {
        guard let scratch = try? RestoreScratch(), (try? scratch.file("f")) != nil else { return false }
        let isSet = (try? set(immutable, scratch("f"))) != nil
        return isSet && (try? set(0, scratch("f"))) != nil
    }

    static func set(_ flags: UInt32, _ path: String) throws {
        let file = unsafe open(path, O_RDONLY)
        try called(file)
        defer { close(file) }
        try called(posix_set_inode_flags(file, Int32(flags)))
    }
}

/// Files and directories that the kernel lets nobody change, as root finds them in the target.
@Suite(.enabled(if: InodeFlags.areKept, "needs root, and inode flags in /tmp"))
struct RestoreFlagsTests {
    private let scratch: RestoreScratch
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        craft = RestoreCraft(try RestoreFixture())
        try scratch.directory("t")
    }

    /// The flags of a path that keep it from being changed.
    private func flags(_ name: String) throws -> UInt32 {
        let file = unsafe open(scratch(name), O_RDONLY)
        try called(file)
        defer { close(file) }
        var flags: Int32 = 0
        try called(unsafe posix_get_inode_flags(file, &flags))
        return UInt32(flags) & (InodeFlags.immutable | InodeFlags.appendOnly)
    }

    private func makeTree() async throws -> OpenedSnapshot {
        craft.add("src", .directory).file("src/i", [craft.chunk("immutable")]) { $0.inodeFlags = InodeFlags.immutable }
        craft.file("src/a", [craft.chunk("append-only")]) { $0.inodeFlags = InodeFlags.appendOnly }
        craft.add("src/d", .directory) { $0.inodeFlags = InodeFlags.immutable }.file("src/d/f", "in d")
        return try await craft.finish()
    }

    private func expectTree(_ summary: RestoreSummary) throws {
        #expect(summary.errors == [])
        #expect(scratch.tree("t") == ["src/", "src/a", "src/d/", "src/d/f", "src/i"])
        #expect(
            try flags("t/src/i") == InodeFlags.immutable && flags("t/src/a") == InodeFlags.appendOnly
                && flags("t/src/d") == InodeFlags.immutable)
        #expect(try scratch.text("t/src/i") == "immutable" && scratch.text("t/src/a") == "append-only")
        #expect(try scratch.text("t/src/d/f") == "in d")
    }

    @Test(
        "a restore is repeated, whatever the first has made immutable or append-only",
        arguments: [.always, .ifChanged] as [Overwrite])
    func again(overwrite: Overwrite) async throws {
        let snapshot = try await makeTree()
        let options = RestoreOptions(overwrite: overwrite)
        for _ in 0..<3 { try expectTree(try await Restore(snapshot, to: try scratch.target(), options: options).run()) }
        let verified = RestoreOptions(overwrite: overwrite, verifies: true)
        try expectTree(try await Restore(snapshot, to: try scratch.target(), options: verified).run())
    }

    @Test(
        "what differs is put right, be it immutable itself or in a directory that is",
        arguments: [.always, .ifChanged] as [Overwrite],
        [false, true])
    func differing(overwrite: Overwrite, deletes: Bool) async throws {
        let snapshot = try await makeTree()
        for name in ["t/src", "t/src/d"] { try scratch.directory(name) }
        try scratch.link("t/src/d/f", to: "nowhere")
        try scratch.file("t/src/a", "other")
        if deletes {
            for name in ["t/src/extra", "t/src/i"] { try scratch.directory(name) }
            for name in ["t/src/d/x", "t/src/x", "t/src/extra/x"] { try scratch.file(name) }
        } else {
            try scratch.file("t/src/i", "IMMUTABLE")
        }
        let bound = deletes ? ["d/x", "x", "extra/x", "extra", "i"] : ["i"]
        for name in bound + ["a", "d", ""] { try InodeFlags.set(InodeFlags.immutable, scratch("t/src/\(name)")) }
        let options = RestoreOptions(overwrite: overwrite, deletesExtraneous: deletes)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        try expectTree(summary)
        #expect(try summary.figures.filesDeleted == (deletes ? 5 : 0) && flags("t/src") == 0)
    }

    @Test(
        "a name that is missing is linked to an immutable file, which stays so", arguments: [.always, .ifChanged] as [Overwrite])
    func linked(overwrite: Overwrite) async throws {
        let chunk = craft.chunk("text")
        for name in ["a", "b"] {
            craft.file(name, [chunk]) { ($0.inode, $0.device, $0.linkCount, $0.inodeFlags) = (5, 1, 2, InodeFlags.immutable) }
        }
        let snapshot = try await craft.finish()
        let options = RestoreOptions(overwrite: overwrite)
        _ = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        try RestoreTarget(directory: scratch.path).remove(Array("t/b".utf8))
        #expect(try flags("t/a") == InodeFlags.immutable, "a name is taken away, and the file is what it was")
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(try summary.errors == [] && summary.notes == [] && flags("t/b") == InodeFlags.immutable)
        #expect(try scratch.status("t/a").inode == scratch.status("t/b").inode)
    }

    @Test("the target itself stays as it is, and what cannot be made in it is reported") func target() async throws {
        try InodeFlags.set(InodeFlags.immutable, scratch("t"))
        let summary = try await Restore(try await craft.file("f", "x").finish(), to: try scratch.target()).run()
        #expect(try summary.errorCount == 1 && flags("t") == InodeFlags.immutable)
    }
}
