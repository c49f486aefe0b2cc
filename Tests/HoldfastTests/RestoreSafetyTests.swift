import Glibc
import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct RestoreSafetyTests {
    private let scratch: RestoreScratch
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        craft = RestoreCraft(try RestoreFixture())
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

    @Test(
        "a link above a source stays, with all that it leads to, and what belongs below it is named",
        arguments: [["lib/modules"], ["lib/modules", "lib"]], Overwrite.allCases)
    func linkAboveSource(sources: [String], overwrite: Overwrite) async throws {
        craft.sources = sources
        craft.add("lib", .directory).add("lib/modules", .directory).file("lib/modules/f", "snapshot")
        try scratch.link("t/lib", to: "../out")
        try scratch.setTime("t/lib", seconds: 0)
        let options = RestoreOptions(overwrite: overwrite, deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == ["lib -> ../out"] && scratch.tree("out") == ["f"])
        #expect(summary.errors.map(\.path) == ["lib", "lib/modules", "lib/modules/f"].map { Array($0.utf8) })
        #expect(summary.errors.first?.message.contains("by its own path") == true, "\(summary.errors)")
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

    @Test(
        "a directory that is empty in the snapshot and restored by its own path is emptied, where it is selected",
        arguments: [
            ([], [], true), (["src"], [], true), (["x"], [], false), ([], ["src"], false), ([], ["x"], false),
        ] as [([String], [String], Bool)])
    func deleteInEmpty(includes: [String], excludes: [String], isEmptied: Bool) async throws {
        craft.add("", .directory).add("src", .directory).add("src/empty", .directory)
        try scratch.directory("t/d")
        for name in ["t/d/x", "t/x"] { try scratch.file(name) }
        let filter = RestoreFilter(includes: try includes.map { try Glob($0) }, excludes: try excludes.map { try Glob($0) })
        let options = RestoreOptions(path: Array("src/empty".utf8), filter: filter, deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && scratch.tree("t").isEmpty == isEmptied, "\(scratch.tree("t"))")
    }

    @Test(
        "a directory that is empty in the snapshot and was on another file system than the one above it is not emptied",
        arguments: ["", "src"], [(1, false), (2, false), (2, true)] as [(device: UInt64, isSource: Bool)])
    func deleteInUnentered(path: String, _ example: (device: UInt64, isSource: Bool)) async throws {
        craft.sources = example.isSource ? ["src", "src/data"] : ["src"]
        craft.add("", .directory).add("src", .directory) { $0.device = 1 }.file("src/f", "f")
        craft.add("src/data", .directory) { $0.device = example.device }
        let place = path.isEmpty ? "t/src" : "t"
        if path.isEmpty { try scratch.directory(place) }
        for name in ["data", "data/d"] { try scratch.directory("\(place)/\(name)") }
        for name in ["data/d/x", "x"] { try scratch.file("\(place)/\(name)") }
        let options = RestoreOptions(path: Array(path.utf8), deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        let isKept = example.device == 2 && !example.isSource
        #expect(summary.errors == [] && summary.figures.filesDeleted == (isKept ? 1 : 3))
        #expect(scratch.tree(place) == (isKept ? ["data/", "data/d/", "data/d/x", "f"] : ["data/", "f"]))
        let note = "/src/data, which was on another file system"
        #expect(summary.notes.contains { $0.contains(note) } == isKept, "\(summary.notes)")
    }

    @Test(
        "a directory that was only entered on the way to a source is not emptied, be it of the same file system",
        arguments: [1, 2])
    func deleteOnTheWay(device: UInt64) async throws {
        craft.sources = ["", "home/u"]
        craft.add("", .directory) { $0.device = 1 }.add("home", .directory) { $0.device = device }
        craft.add("home/u", .directory) { $0.device = device }.file("home/u/f", "f")
        for name in ["t/home", "t/home/u", "t/home/v"] { try scratch.directory(name) }
        for name in ["t/home/v/x", "t/home/u/x", "t/x"] { try scratch.file(name) }
        let options = RestoreOptions(deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(summary.errors == [])
        #expect(scratch.tree("t") == ["home/", "home/u/", "home/u/f", "home/v/", "home/v/x"], "\(scratch.tree("t"))")
        #expect(summary.notes.contains { $0.contains("not removed: what is in /home,") }, "\(summary.notes)")
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

    @Test(
        "a directory where anything else belongs goes with --delete, but for what is spared in it",
        arguments: ["l", "p", "c", "second"], [false, true])
    func directoryInAnyWay(name: String, isSpared: Bool) async throws {
        if name == "c", geteuid() != 0 { return print("NOT TESTED: devices need root") }
        craft.add("src", .directory).add("src/l", .symlink) { $0.linkTarget = Array("x".utf8) }.add("src/p", .fifo)
        if geteuid() == 0 { craft.add("src/c", .characterDevice) { $0.deviceNumber = 0x103 } }
        let chunk = craft.chunk("f")
        for name in ["src/first", "src/second"] { craft.file(name, [chunk]) { ($0.inode, $0.linkCount) = (7, 2) } }
        for place in ["t/src", "t/src/\(name)", "t/src/\(name)/d"] { try scratch.directory(place) }
        try scratch.file("t/src/\(name)/d/x")
        let place = "src/\(name)"
        let options = RestoreOptions(deletesExtraneous: true, spared: isSpared ? [try identity("t/\(place)/d")] : [])
        let snapshot = try await craft.finish()
        for _ in 0..<2 {
            let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
            #expect(summary.errors.map(\.path) == (isSpared ? [Array(place.utf8)] : []))
            #expect(scratch.tree("t").contains("\(place)/d/x") == isSpared)
        }
    }

    private func identity(_ name: String) throws -> FileIdentity {
        try #require(try RestoreTarget(directory: scratch.path).existing(Array(name.utf8))).identity
    }

    @Test(
        "what is spared stays with all that is in it, wherever the snapshot does not have that",
        arguments: ["src/repo", "src/extra/repo", "src/file/repo", "src/repo/inside"])
    func spared(place: String) async throws {
        // The backup did not enter the repository; a file lies where a directory is now.
        craft.add("", .directory).add("src", .directory).add("src/repo", .directory).file("src/file", "f").file("src/f", "f")
        craft.add("src/repo/inside", .directory)
        for name in ["t/src", "t/src/extra", "t/src/repo", "t/src/repo/inside", "t/src/file", "t/src/file/x"] {
            try scratch.directory(name)
        }
        if place.hasSuffix("a/repo") || place.hasSuffix("e/repo") { try scratch.directory("t/\(place)") }
        try scratch.directory("t/\(place)/packs")
        for name in ["t/\(place)/packs/p", "t/src/repo/inside/y", "t/src/extra/x", "t/src/file/x/y", "t/src/old"] {
            try scratch.file(name)
        }
        let options = RestoreOptions(deletesExtraneous: true, spared: [try identity("t/\(place)")])
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        let tree = scratch.tree("t")
        #expect(tree.contains("\(place)/packs/p") && tree.contains("src/f"), "\(tree)")
        #expect(tree.contains("src/repo/inside/y") == place.hasPrefix("src/repo"))
        #expect(!tree.contains("src/old") && !tree.contains("src/extra/x") && !tree.contains("src/file/x/y"), "\(tree)")
        // What the snapshot has too is not even looked into.
        let note = place.hasPrefix("src/repo") ? "not restored: /\(place)" : "not removed: /\(place)"
        #expect(summary.notes.contains { $0.contains(note) }, "\(summary.notes)")
        #expect(summary.errors.map(\.path) == (place.hasPrefix("src/file") ? [Array("src/file".utf8)] : []))
    }

    @Test("a target that lies in what is spared loses nothing") func withinSpared() async throws {
        craft.add("src", .directory)
        for name in ["t/src", "t/src/extra"] { try scratch.directory(name) }
        var options = RestoreOptions(deletesExtraneous: true, spared: [try identity("t")])
        let snapshot = try await craft.finish()
        for (path, place) in [("", "t"), ("src", "t/src")] {
            options.path = Array(path.utf8)
            let summary = try await Restore(snapshot, to: try scratch.target(place), options: options).run()
            #expect(scratch.tree("t") == ["src/", "src/extra/"] && summary.notes.count == 1, "\(summary.notes)")
        }
    }

    @Test("a snapshot of a source that could not all be read removes nothing") func incomplete() async throws {
        craft.incomplete = 1
        craft.add("src", .directory).file("src/f", "f")
        for name in ["t/src", "t/src/f"] { try scratch.directory(name) }
        for name in ["t/src/extra", "t/src/f/x"] { try scratch.file(name) }
        let options = RestoreOptions(deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == ["src/", "src/extra", "src/f/", "src/f/x"])
        #expect(summary.errors.map(\.path) == [Array("src/f".utf8)] && summary.figures.filesDeleted == 0)
        #expect(summary.notes.contains { $0.contains("nothing was removed") && $0.contains("incomplete") }, "\(summary.notes)")
    }

    @Test(
        "nothing is removed beyond a mount point, be the file system the same or not",
        .enabled(if: geteuid() == 0, "needs root to mount"), arguments: [false, true])
    func mounts(isBound: Bool) async throws {
        // On one file system a backup lists a mount point, and nothing in it.
        craft.add("src", .directory).add("src/m", .directory)
        for name in ["t/src", "t/src/m", "t/src/extra", "t/src/extra/m", "other"] { try scratch.directory(name) }
        var mounted: [String] = []
        defer { for place in mounted { unsafe umount2(scratch(place), Int32(MNT_DETACH)) } }
        for place in ["t/src/m", "t/src/extra/m"] {
            let kind = isBound ? "none" : "tmpfs"
            guard unsafe mount(scratch("other"), scratch(place), kind, isBound ? UInt(MS_BIND) : 0, nil) == 0 else {
                return print("NOT TESTED: this process may not mount")
            }
            mounted.append(place)
            if !isBound || place == "t/src/m" { try scratch.directory("\(place)/d") }
            try scratch.file("\(place)/d/f")
        }
        try scratch.file("t/src/extra/x")
        let options = RestoreOptions(deletesExtraneous: true)
        let summary = try await Restore(try await craft.finish(), to: try scratch.target(), options: options).run()
        let expected = [
            "src/", "src/extra/", "src/extra/m/", "src/extra/m/d/", "src/extra/m/d/f", "src/m/", "src/m/d/", "src/m/d/f",
        ]
        #expect(scratch.tree("t") == expected && summary.errors == [])
        for place in ["src/m", "src/extra/m"] {
            #expect(summary.notes.contains { $0.contains("not removed") && $0.contains(place) }, "\(summary.notes)")
        }
    }
}
