import Glibc
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite struct RestoreTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
        craft = RestoreCraft(fixture)
    }

    /// A small tree: /src with two files, a directory below and a link.
    private func makeTree() async throws -> OpenedSnapshot {
        craft.add("", .directory).add("src", .directory).file("src/a.conf", "A").file("src/b.txt", "B")
        craft.add("src/d", .directory).file("src/d/c.conf", "C").add("src/d/empty", .file)
        craft.add("src/d/l", .symlink) { $0.linkTarget = Array("../a.conf".utf8) }
        return try await craft.finish()
    }

    @Test(
        "what is selected by path and by globs is what comes, with the directories above it",
        arguments: [
            ("", [], [], ["src/", "src/a.conf", "src/b.txt", "src/d/", "src/d/c.conf", "src/d/empty", "src/d/l -> ../a.conf"]),
            ("/src/", [], [], ["a.conf", "b.txt", "d/", "d/c.conf", "d/empty", "d/l -> ../a.conf"]),
            ("src/d", [], [], ["c.conf", "empty", "l -> ../a.conf"]),
            ("src/d/c.conf", [], [], ["c.conf"]),
            ("src/d/l", [], [], ["l -> ../a.conf"]),
            ("", ["*.conf"], [], ["src/", "src/a.conf", "src/d/", "src/d/c.conf"]),
            ("src", ["/src/d"], [], ["d/", "d/c.conf", "d/empty", "d/l -> ../a.conf"]),
            ("src", [], ["d"], ["a.conf", "b.txt"]), ("src", ["*.conf"], ["/src/d"], ["a.conf"]),
            ("src", ["nothing"], [], []),
        ] as [(String, [String], [String], [String])])
    func selection(path: String, includes: [String], excludes: [String], expected: [String]) async throws {
        let snapshot = try await makeTree()
        let filter = RestoreFilter(includes: try includes.map { try Glob($0) }, excludes: try excludes.map { try Glob($0) })
        let options = RestoreOptions(path: Array(path.utf8), filter: filter)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && summary.worst == nil)
        #expect(scratch.tree("t") == expected)
        #expect(summary.figures.filesRestored == expected.count { !$0.hasSuffix("/") })
    }

    @Test("a path that the snapshot does not have is an error, and nothing is written") func noSuchPath() async throws {
        let snapshot = try await makeTree()
        for path in ["src/x", "src/a.conf/x", "sr", "srca"] {
            await #expect {
                try await Restore(snapshot, to: try scratch.target(), options: .init(path: Array(path.utf8))).run()
            } throws: { if case HoldfastError.noSuchPath = $0 { true } else { false } }
        }
        #expect(scratch.tree("t") == [])
    }

    @Test(
        "each way to overwrite keeps or replaces what is there",
        arguments: [
            (Overwrite.always, 500, "B", "A"), (.always, 2000, "BB", "A"), (.ifChanged, 1, "B", "B"), (.ifChanged, 1, "BB", "A"),
            (.ifChanged, 2000, "B", "A"), (.ifNewer, 0, "B", "A"), (.ifNewer, 1, "B", "B"), (.ifNewer, 2000, "BB", "BB"),
            (.never, 0, "BB", "BB"),
        ])
    func overwrite(mode: Overwrite, seconds: Int, existing: String, expected: String) async throws {
        craft.add("src", .directory).file("src/f", [craft.chunk("A")]) { $0.modified = 1_000_000_000 }
        let snapshot = try await craft.finish()
        let target = try scratch.target()
        try scratch.directory("t/src")
        try scratch.file("t/src/f", existing)
        try scratch.setTime("t/src/f", seconds: seconds)
        let summary = try await Restore(snapshot, to: target, options: .init(overwrite: mode)).run()
        #expect(try scratch.text("t/src/f") == expected && summary.errors == [])
        #expect(summary.figures.filesSkipped == (existing == expected ? 1 : 0))
    }

    @Test("of one time, a link that leads elsewhere is replaced all the same", arguments: ["v1", "v2", "v"])
    func linkOfOneTime(existing: String) async throws {
        craft.add("l", .symlink) { ($0.linkTarget, $0.modified) = (Array("v2".utf8), 1_000_000_000) }
        let snapshot = try await craft.finish()
        let target = try scratch.target()
        try scratch.link("t/l", to: existing)
        try scratch.setTime("t/l", seconds: 1)
        let summary = try await Restore(snapshot, to: target, options: .init(overwrite: .ifChanged)).run()
        #expect(scratch.tree("t") == ["l -> v2"] && summary.errors == [])
        #expect(summary.figures.filesSkipped == (existing == "v2" ? 1 : 0))
    }

    @Test("of one time, a device of another number is replaced all the same", arguments: [0x103, 0x105])
    func deviceOfOneTime(existing: UInt64) async throws {
        craft.add("c", .characterDevice) { ($0.deviceNumber, $0.modified) = (0x103, 1_000_000_000) }
        let snapshot = try await craft.finish()
        let target = try scratch.target()
        guard unsafe mknod(scratch("t/c"), S_IFCHR | 0o644, dev_t(existing)) == 0 else {
            return print("NOT TESTED: devices need root")
        }
        try scratch.setTime("t/c", seconds: 1)
        let summary = try await Restore(snapshot, to: target, options: .init(overwrite: .ifChanged)).run()
        #expect(try target.existing(Array("c".utf8))?.deviceNumber == 0x103 && summary.errors == [])
        #expect(summary.figures.filesSkipped == (existing == 0x103 ? 1 : 0))
    }

    @Test("a newer file stays where the snapshot has a directory, and what would be in that is reported", arguments: [0, 2000])
    func newerThanDirectory(seconds: Int) async throws {
        let snapshot = try await makeTree()
        try scratch.directory("t")
        try scratch.directory("t/src")
        try scratch.file("t/src/d", "mine")
        try scratch.setTime("t/src/d", seconds: seconds)
        let options = RestoreOptions(overwrite: .ifNewer, deletesExtraneous: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        let isKept = seconds > 0
        #expect(summary.figures.filesSkipped == (isKept ? 1 : 0))
        let lost = isKept ? ["src/d/c.conf", "src/d/empty", "src/d/l"] : []
        #expect(summary.errors.map(\.path) == lost.map { Array($0.utf8) })
        #expect(scratch.tree("t").contains("src/d") == isKept && scratch.tree("t").contains("src/b.txt"))
    }

    @Test("never creates what is missing and merges directories") func neverMerges() async throws {
        let snapshot = try await makeTree()
        let target = try scratch.target()
        try scratch.directory("t/src")
        try scratch.file("t/src/a.conf", "mine")
        let summary = try await Restore(snapshot, to: target, options: .init(overwrite: .never)).run()
        #expect(try scratch.text("t/src/a.conf") == "mine" && scratch.text("t/src/b.txt") == "B")
        #expect(summary.figures.filesSkipped == 1 && summary.figures.filesRestored == 4)
    }

    @Test("a file of very many parts of few chunks comes back") func manyParts() async throws {
        var random = SeededRandom(seed: 5)
        let bytes = random.bytes(20_000)
        let chunks = [craft.chunk(bytes), craft.chunk(Array(bytes.reversed()))]
        let parts = (0..<40_000).map { index in
            var part = chunks[index % 2]
            (part.from, part.take) = (UInt32(index * 7 % 20_000), 1)
            return part
        }
        let snapshot = try await craft.add("src", .directory).file("src/a", parts).finish()
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(summary.errors == [])
        let expected = (0..<40_000).map { index -> UInt8 in
            let place = index * 7 % 20_000
            return bytes[index % 2 == 0 ? place : 19_999 - place]
        }
        #expect(try scratch.bytes("t/src/a") == expected)
    }

    @Test(
        "a hole in front, a hole at the end, a part of a chunk and one chunk in many places come back", arguments: [false, true])
    func layout(isSparse: Bool) async throws {
        var part = craft.chunk("0123456789")
        let whole = part
        (part.from, part.take, part.hole) = (3, 4, 100_000)
        craft.add("src", .directory).file("src/a", [part, whole], tail: 200_000).file("src/b", [whole, whole, part])
        craft.file("src/c", [], tail: 5_000).file("src/z", [craft.chunk([UInt8](repeating: 0, count: 1 << 20))])
        let snapshot = try await craft.finish()
        let options = RestoreOptions(path: Array("src".utf8), verifies: true, isSparse: isSparse)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [])
        let zeros = [UInt8](repeating: 0, count: 200_000)
        let ten = Array("0123456789".utf8)
        #expect(try scratch.bytes("t/a") == zeros[..<100_000] + ten[3..<7] + ten + zeros)
        #expect(try scratch.bytes("t/b") == ten + ten + zeros[..<100_000] + ten[3..<7])
        #expect(try scratch.bytes("t/c") == Array(zeros[..<5_000]) && scratch.status("t/c").allocatedByteCount == 0)
        #expect(try scratch.bytes("t/z") == [UInt8](repeating: 0, count: 1 << 20))
        #expect(try scratch.status("t/a").allocatedByteCount < 100_000)
        #expect(try (scratch.status("t/z").allocatedByteCount == 0) == isSparse)
    }

    @Test("files of any size in windows of any size come back the same", arguments: [1, 2, 7], [1, 3, 1000])
    func windows(files: Int, references: Int) async throws {
        let shared = craft.chunk("shared")
        for name in 0..<9 {
            let own = (0..<name).map { craft.chunk("\(name).\($0) ") }
            craft.file("f\(name)", own + [shared] + own)
            if name % 3 == 0 { try await craft.closePack() }
        }
        let snapshot = try await craft.finish()
        let limits = RestoreLimits(files: files, references: references, openFiles: 1, readByteCount: 64, gapByteCount: 8)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: .init(verifies: true, limits: limits)).run()
        #expect(summary.errors == [] && summary.figures.filesRestored == 9)
        for name in 0..<9 {
            let own = (0..<name).map { "\(name).\($0) " }.joined()
            #expect(try scratch.text("t/f\(name)") == own + "shared" + own)
        }
    }

    @Test("names of one file are linked again, whichever of them are selected, and an inode given out twice is not")
    func hardLinks() async throws {
        let (one, other) = (craft.chunk("one"), craft.chunk("two"))
        func linked(_ entry: inout Entry) { (entry.inode, entry.device, entry.linkCount) = (5, 1, 3) }
        craft.file("a", [one], linked).add("d", .directory).file("d/b", [one], linked).file("e", [other]) { entry in
            linked(&entry)
            entry.changed = 1
        }
        craft.file("z", [one], linked)
        let snapshot = try await craft.finish()
        _ = try await Restore(snapshot, to: try scratch.target("all")).run()
        let numbers = try ["a", "d/b", "z", "e"].map { try scratch.status("all/\($0)").inode }
        #expect(numbers[0] == numbers[1] && numbers[0] == numbers[2] && numbers[0] != numbers[3])
        #expect(try scratch.text("all/e") == "two")
        let filter = RestoreFilter(excludes: [try Glob("a")])
        let summary = try await Restore(snapshot, to: try scratch.target("some"), options: .init(filter: filter)).run()
        #expect(try scratch.status("some/d/b").inode == scratch.status("some/z").inode && scratch.text("some/z") == "one")
        #expect(summary.figures.filesRestored == 3)
    }

    @Test("without root nothing is asked for that only root may do, and one note says so") func unprivileged() async throws {
        craft.add("src", .directory) { $0.uid = 12_345 }.file("src/f", [craft.chunk("x")]) { $0.uid = 12_345 }
        let target = try scratch.target(isPrivileged: false)
        let summary = try await Restore(try await craft.finish(), to: target).run()
        #expect(summary.notes.count == 1 && summary.errors == [])
        #expect(try scratch.status("t/src/f").uid == geteuid())
    }
}
