import Glibc
import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct RestoreSafetyTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
        craft = RestoreCraft(fixture)
        for name in ["out", "t"] { try scratch.directory(name) }
        try scratch.file("out/f", "outside")
    }

    @Test("links planted in the target are replaced, and nothing goes where they lead", arguments: [false, true])
    func planted(isKept: Bool) async throws {
        craft.add("d", .directory).file("d/f", "inside").file("leaf", "inside")
        try scratch.link("t/d", to: "../out")
        try scratch.link("t/leaf", to: "../out/f")
        let options = RestoreOptions(overwrite: isKept ? .never : .always, deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(try scratch.text("out/f") == "outside" && scratch.tree("out") == ["f"])
        #expect(try scratch.status("out").mode == 0o755)
        if isKept {
            #expect(summary.worst == .target && scratch.tree("t") == ["d -> ../out", "leaf -> ../out/f"])
        } else {
            #expect(try summary.errors == [] && scratch.text("t/d/f") == "inside" && scratch.text("t/leaf") == "inside")
        }
    }

    @Test("a snapshot that leads out through a link of its own is refused") func linkInSnapshot() async throws {
        craft.add("a", .symlink) { $0.linkTarget = Array("../out".utf8) }
        craft.file("a/f", "evil").add("a/n", .directory).add("a/s", .symlink) { $0.linkTarget = [1] }.file("b", "good")
        let snapshot = try await craft.finish()
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(summary.errors.map(\.path) == ["a/f", "a/n", "a/s"].map { Array($0.utf8) })
        #expect(scratch.tree("out") == ["f"] && scratch.tree("t") == ["a -> ../out", "b"])
        #expect(try scratch.text("out/f") == "outside")
        let options = RestoreOptions(path: Array("a".utf8))
        _ = try await Restore(snapshot, to: try scratch.target("t2"), options: options).run()
        #expect(scratch.tree("t2") == ["a -> ../out"])
    }

    @Test(
        "a listing with a path that leads out is refused before anything is written",
        arguments: ["../x", "a/../../x", "a//b", "."])
    func pathInSnapshot(path: String) async throws {
        craft.file("A", "good").file(path, "evil")
        let snapshot = try await craft.finish()
        await #expect(throws: HoldfastError.self) { try await Restore(snapshot, to: try scratch.target()).run() }
        #expect(scratch.tree("t") == [])
    }

    @Test(
        "what the snapshot does not have goes, in what was backed up and is selected",
        arguments: [
            ([], [], ["src/", "src/d/", "src/d/x.log", "src/f", "top"]),
            (
                ["*.log"], [],
                [
                    "src/", "src/d/", "src/d/x.log", "src/extra/", "src/extra/k", "src/extra/y.log", "src/f",
                    "src/l -> ../../out", "top",
                ]
            ),
            ([], ["extra"], ["src/", "src/d/", "src/d/x.log", "src/extra/", "src/extra/k", "src/extra/y.log", "src/f", "top"]),
            ([], ["y.log"], ["src/", "src/d/", "src/d/x.log", "src/extra/", "src/extra/y.log", "src/f", "top"]),
        ] as [([String], [String], [String])])
    func delete(includes: [String], excludes: [String], expected: [String]) async throws {
        craft.add("", .directory).add("src", .directory).add("src/d", .directory)
        craft.file("src/d/x.log", "x").file("src/f", "f")
        for name in ["t/src", "t/src/d", "t/src/extra"] { try scratch.directory(name) }
        for name in ["t/top", "t/src/extra/k", "t/src/extra/y.log", "t/src/d/old.log", "t/src/f"] { try scratch.file(name) }
        try scratch.link("t/src/l", to: "../../out")
        let filter = RestoreFilter(includes: try includes.map { try Glob($0) }, excludes: try excludes.map { try Glob($0) })
        let options = RestoreOptions(filter: filter, deletesExtraneous: true)
        let before = scratch.tree("t").count
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == expected && scratch.tree("out") == ["f"] && summary.errors == [])
        #expect(Int(summary.figures.filesDeleted) == before + 1 - expected.count)
        let directory = try scratch.status("t/src")
        #expect(directory.modifiedSeconds == 1)
    }

    @Test("a single file takes nothing of the target away, and neither does a directory above a source")
    func deleteElsewhere() async throws {
        craft.sources = ["up/src"]
        craft.add("up", .directory).add("up/src", .directory).file("up/src/f", "f")
        let snapshot = try await craft.finish()
        try scratch.file("t/other")
        for path in ["up/src/f", "up", ""] {
            let options = RestoreOptions(path: Array(path.utf8), deletesExtraneous: true)
            let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
            #expect(summary.figures.filesDeleted == 0 && summary.errors == [])
        }
        #expect(scratch.tree("t") == ["f", "other", "src/", "src/f", "up/", "up/src/", "up/src/f"])
        let options = RestoreOptions(path: Array("up/src".utf8), deletesExtraneous: true)
        _ = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == ["f"])
    }

    @Test("a directory where a file belongs is reported, and goes only with --delete", arguments: [false, true])
    func directoryInTheWay(deletes: Bool) async throws {
        craft.file("src", "f")
        try scratch.directory("t/src")
        try scratch.file("t/src/x")
        let options = RestoreOptions(deletesExtraneous: deletes)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == (deletes ? ["src"] : ["src/", "src/x"]) && summary.errorCount == (deletes ? 0 : 1))
    }
}
