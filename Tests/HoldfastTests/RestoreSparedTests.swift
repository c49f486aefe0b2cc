import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("What a restore does where Holdfast's own files stand")
struct RestoreSparedTests {
    private let scratch: RestoreScratch
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        craft = RestoreCraft(try RestoreFixture())
        for name in ["t", "t/src"] { try scratch.directory(name) }
    }

    private func identities(_ names: String...) throws -> Set<FileIdentity> {
        try names.reduce(into: []) { $0.formUnion(try FileIdentity.all(at: scratch($1))) }
    }

    @Test(
        "a file that is spared stays, is named, and is no first name of any other; all else comes back",
        arguments: Overwrite.allCases)
    func file(overwrite: Overwrite) async throws {
        craft.add("src", .directory)
        let old = craft.chunk("old")
        for name in ["src/key", "src/second"] { craft.file(name, [old]) { ($0.inode, $0.linkCount) = (7, 2) } }
        craft.file("src/z", "z")
        try scratch.file("t/src/key", "newer")
        try scratch.setTime("t/src/key", seconds: 0)
        let before = try scratch.status("t/src/key")
        let options = RestoreOptions(overwrite: overwrite, spared: try identities("t/src/key"))
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && summary.figures.filesRestored == 2)
        #expect(
            try scratch.text("t/src/key") == "newer" && scratch.text("t/src/second") == "old" && scratch.text("t/src/z") == "z")
        let after = try scratch.status("t/src/key")
        #expect(after.inode == before.inode && after.mode == before.mode && after.modifiedSeconds == 0)
        #expect(summary.notes.contains { $0.contains("not restored: /src/key") && $0.contains("--target") }, "\(summary.notes)")
    }

    @Test("what has taken its place since stays as well, and is not removed either", arguments: ["src/key", "src/gone"])
    func successor(name: String) async throws {
        craft.add("src", .directory).file("src/key", "old").file("src/z", "z")
        try scratch.file("t/\(name)", "newer")
        // Known by the inode that stood there before.
        try scratch.file("former", "older")
        let (successor, last) = (try identities("t/\(name)"), Array(name.utf8.dropFirst(4)))
        var options = RestoreOptions(deletesExtraneous: true, spared: try identities("former"))
        options.successors = { $0 == last ? successor : [] }
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(try summary.errors == [] && scratch.text("t/\(name)") == "newer")
        #expect(summary.notes.contains { $0.contains("/\(name)") }, "\(summary.notes)")
    }

    @Test("where it is a directory, nothing in it changes, and neither do its own mode and time")
    func directory() async throws {
        craft.add("src", .directory).add("src/state", .directory).add("src/state/id", .directory)
        craft.file("src/state/id/witness", "old").file("src/state/other", "old").file("src/z", "z")
        for name in ["t/src/state", "t/src/state/id"] { try scratch.directory(name, mode: 0o700) }
        try scratch.file("t/src/state/id/witness", "newer")
        try scratch.setTime("t/src/state", seconds: 5)
        let options = RestoreOptions(spared: try identities("t/src/state"))
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == ["src/", "src/state/", "src/state/id/", "src/state/id/witness", "src/z"])
        #expect(try summary.errors == [] && scratch.text("t/src/state/id/witness") == "newer")
        let after = try scratch.status("t/src/state")
        #expect(after.mode == 0o700 && after.modifiedSeconds == 5)
        #expect(summary.notes.count { $0.contains("not restored") } == 1, "\(summary.notes)")
    }

    @Test("a link on the way to it stays, and what the snapshot has below is named; where that is a link too, nothing is missing")
    func link() async throws {
        for name in ["real", "real/p"] { try scratch.directory(name) }
        try scratch.file("real/p/key", "newer")
        try scratch.link("t/src/way", to: "../../real")
        let spared = try FileIdentity.all(at: scratch("t/src/way/p/key"))
        craft.add("src", .directory).add("src/way", .directory).file("src/way/f", "f").file("src/z", "z")
        let options = RestoreOptions(spared: spared)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == ["src/", "src/way -> ../../real", "src/z"])
        #expect(summary.errors.map(\.path) == [Array("src/way/f".utf8)] && summary.worst == .target, "\(summary.errors)")
    }

    @Test(
        "what was asked for by name alone and stays is a failure; where nothing stands it comes back", arguments: [false, true])
    func byName(stands: Bool) async throws {
        craft.add("src", .directory).file("src/key", "old").file("src/z", "z")
        if stands { try scratch.file("t/src/key", "newer") }
        var options = RestoreOptions(path: Array("src/key".utf8), spared: try identities("t/src/key"))
        let snapshot = try await craft.finish()
        let summary = try await Restore(snapshot, to: try scratch.target("t/src"), options: options).run()
        #expect(try scratch.text("t/src/key") == (stands ? "newer" : "old"))
        #expect(summary.errors.map(\.path) == (stands ? [Array("src/key".utf8)] : []) && summary.notes == [])
        options.path = []
        options.filter = RestoreFilter(includes: [try Glob("key")])
        #expect(try await Restore(snapshot, to: try scratch.target(), options: options).run().errorCount == (stands ? 1 : 0))
    }

    @Test("what bears a repository's id and is a link or a file holds no memory, and is replaced", arguments: [false, true])
    func noMemory(isLink: Bool) async throws {
        for name in ["real", "real/id"] { try scratch.directory(name) }
        try scratch.file("real/id/witness.sqlite", "newer")
        if isLink { try scratch.link("t/src/id", to: "../../real/id") } else { try scratch.file("t/src/id") }
        craft.add("src", .directory).add("src/id", .directory).file("src/id/f", "f")
        var options = RestoreOptions()
        options.witnessed = [Array("id".utf8)]
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == ["src/", "src/id/", "src/id/f"] && summary.errors == [], "\(summary.errors)")
        #expect(try scratch.text("real/id/witness.sqlite") == "newer")
        #expect(!summary.notes.contains { $0.contains("/src/id") }, "\(summary.notes)")
    }

    @Test(
        "a memory that stood before stays, and to one that this run has begun the former comes back; neither is removed",
        arguments: [false, true], [false, true])
    func begun(isBegun: Bool, isInSnapshot: Bool) async throws {
        craft.add("src", .directory).file("src/z", "z")
        if isInSnapshot { craft.add("src/id", .directory).file("src/id/witness.sqlite", "former") }
        try scratch.directory("t/src/id")
        try scratch.file("t/src/id/witness.sqlite", "stands")
        var options = RestoreOptions(deletesExtraneous: true)
        options.witnessed = [Array("id".utf8)]
        if isBegun { options.begun = try identities("t/src/id") }
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && scratch.tree("t") == ["src/", "src/id/", "src/id/witness.sqlite", "src/z"])
        #expect(try scratch.text("t/src/id/witness.sqlite") == (isBegun && isInSnapshot ? "former" : "stands"))
        #expect(summary.notes.contains { $0.contains("/src/id") } == !(isBegun && isInSnapshot), "\(summary.notes)")
    }
}
