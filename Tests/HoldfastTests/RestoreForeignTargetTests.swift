import Glibc
import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("A restore onto a file system with habits of its own", .enabled(if: geteuid() == 0, "needs root to mount"))
struct RestoreForeignTargetTests {
    private let scratch: RestoreScratch
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        craft = RestoreCraft(try RestoreFixture())
        try scratch.directory("t")
    }

    private func mounted(foldsCase: Bool = false, lowersCase: Bool = false, closeError: Int32 = 0) -> FuseMount? {
        let mount = FuseMount(at: scratch("t"), foldsCase: foldsCase, lowersCase: lowersCase, closeError: closeError)
        if mount == nil { print("NOT TESTED: this process may not mount a FUSE file system") }
        return mount
    }

    @Test("what the target takes for one is restored once, and the other is named with it", arguments: Overwrite.allCases)
    func sameNames(overwrite: Overwrite) async throws {
        craft.sources = [""]
        craft.file("A", "first").file("B", "same").file("D/f", "in D").file("a", "second").file("b", "same").file("d/f", "in d")
        craft.add("D", .directory).add("d", .directory).file("d/g", "in d").file("x", "x")
        let snapshot = try await craft.finish()
        guard let mount = mounted(foldsCase: true) else { return }
        for isAgain in [false, true] {
            let options = RestoreOptions(
                overwrite: overwrite, deletesExtraneous: true, limits: RestoreLimits(files: isAgain ? 32_768 : 1))
            let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
            #expect(summary.errors.map(\.path) == ["a", "b", "d", "d/f", "d/g"].map { Array($0.utf8) }, "\(summary.errors)")
            #expect(summary.errors.first?.message.contains("/A") == true, "\(summary.errors)")
            #expect(try scratch.text("t/A") == "first" && scratch.text("t/D/f") == "in D" && scratch.text("t/x") == "x")
            #expect(scratch.tree("t").count == 5, "\(scratch.tree("t"))")
        }
        withExtendedLifetime(mount) {}
    }

    @Test(
        "--delete leaves what was restored, by whatever name the target shows it",
        arguments: Overwrite.allCases, [false, true])
    func respelled(overwrite: Overwrite, stood: Bool) async throws {
        craft.sources = [""]
        craft.add("Docs", .directory).file("Docs/f", "f").file("README", "of the snapshot")
        let snapshot = try await craft.finish()
        guard let mount = mounted(foldsCase: true, lowersCase: !stood) else { return }
        try scratch.directory("t/docs")
        for name in ["docs/old", "other"] + (stood ? ["readme"] : []) { try scratch.file("t/\(name)", "stood") }
        let options = RestoreOptions(overwrite: overwrite, deletesExtraneous: true)
        for isAgain in [false, true] {
            let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
            #expect(summary.errors == [] && summary.figures.filesDeleted == (isAgain ? 0 : 2), "\(summary.errors)")
            #expect(summary.notes.contains { $0.contains("not removed") }, "\(summary.notes)")
            #expect(try scratch.text("t/Docs/f") == "f")
            let isKept = stood && overwrite == .never
            #expect(try scratch.text("t/README") == (isKept ? "stood" : "of the snapshot"))
            #expect(scratch.tree("t") == ["docs/", "docs/f", "readme"])
        }
        withExtendedLifetime(mount) {}
    }

    @Test("--delete removes nothing where the names of the snapshot and those of the target cannot be told apart")
    func collidingNames() async throws {
        craft.sources = [""]
        craft.file("A", "first").file("a", "second").add("d", .directory).file("d/f", "f")
        let snapshot = try await craft.finish()
        guard let mount = mounted(foldsCase: true) else { return }
        try scratch.directory("t/d")
        for name in ["t/other", "t/d/other"] { try scratch.file(name) }
        let options = RestoreOptions(deletesExtraneous: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.map(\.path) == ["", "a"].map { Array($0.utf8) }, "\(summary.errors)")
        #expect(scratch.tree("t") == ["A", "d/", "d/f", "other"])
        withExtendedLifetime(mount) {}
    }

    @Test(
        "where the target links nothing, every name gets a file of its own, and a note counts them",
        arguments: Overwrite.allCases, [1, 32_768])
    func unlinked(overwrite: Overwrite, files: Int) async throws {
        let chunk = craft.chunk("text")
        for name in ["a", "b", "c"] { craft.file(name, [chunk]) { ($0.inode, $0.device, $0.linkCount) = (5, 1, 3) } }
        for name in ["d", "e"] { craft.file(name, []) { ($0.inode, $0.device, $0.linkCount) = (6, 1, 2) } }
        craft.file("f", "other")
        let snapshot = try await craft.finish()
        guard let mount = mounted() else { return }
        mount.fail(.link, with: EPERM)
        let options = RestoreOptions(overwrite: overwrite, limits: RestoreLimits(files: files))
        for isAgain in [false, true] {
            let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
            #expect(summary.errors == [], "\(summary.errors)")
            if !isAgain { #expect(summary.notes.contains { $0.hasPrefix("/b and 2 more: ") }, "\(summary.notes)") }
            for name in ["a", "b", "c"] { #expect(try scratch.text("t/\(name)") == "text") }
            #expect(scratch.tree("t") == ["a", "b", "c", "d", "e", "f"])
        }
        withExtendedLifetime(mount) {}
    }

    @Test(
        "a file that could not be written, as its closing tells, has failed and is not left behind",
        arguments: [(EDQUOT, RestoreFailure.Cause.noSpace), (ENOSPC, .noSpace), (EIO, .target)], [1, 256])
    func closing(_ expected: (code: Int32, cause: RestoreFailure.Cause), openFiles: Int) async throws {
        for name in ["f", "g"] { craft.file(name, (0..<20).map { craft.chunk("\(name) \($0)") }) }
        let snapshot = try await craft.finish()
        guard let mount = mounted(closeError: expected.code) else { return }
        let options = RestoreOptions(limits: RestoreLimits(references: 7, openFiles: openFiles, readByteCount: 64))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.map(\.path) == [Array("f".utf8), Array("g".utf8)] && summary.worst == expected.cause)
        #expect(summary.figures.filesRestored == 0 && scratch.tree("t") == [])
        withExtendedLifetime(mount) {}
    }

    @Test("a signal that interrupts the closing of a file does it no harm") func interruptedClosing() async throws {
        craft.file("f", "text")
        let snapshot = try await craft.finish()
        guard let mount = mounted(closeError: EINTR) else { return }
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(try summary.errors == [] && scratch.text("t/f") == "text")
        withExtendedLifetime(mount) {}
    }

    @Test("with --verify the disk was asked to take every file and every name, those that stood too", arguments: [false, true])
    func synced(stood: Bool) async throws {
        craft.add("d", .directory).add("d/e", .directory).file("d/e/f", "text").file("g", "text").file("h", [], tail: 10_000)
        let snapshot = try await craft.finish()
        guard let mount = mounted() else { return }
        if stood { _ = try await Restore(snapshot, to: try scratch.target()).run() }
        #expect(mount.unsyncedCount == (stood ? 6 : 0))
        let options = RestoreOptions(overwrite: .ifChanged, verifies: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && mount.unsyncedCount == 0)
    }
}
