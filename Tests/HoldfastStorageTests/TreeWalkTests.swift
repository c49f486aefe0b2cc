import CPosix
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct TreeWalkTests {
    @Test("entries come in path order, a directory's contents right behind it") func order() throws {
        let scratch = try TreeScratch()
        for name in ["a", "a/b", "B", "ab"] { try scratch.directory(name) }
        for name in ["a-b", "a.b", "a0", "a/b/c", "a/b-", "a/z", "ab/x", "ä", "Z"] { try scratch.file(name) }
        let walked = try Walked([scratch.path])
        #expect(
            walked.names(below: scratch) == ["B", "Z", "a", "a/b", "a/b/c", "a/b-", "a/z", "a-b", "a.b", "a0", "ab", "ab/x", "ä"])
        #expect(zip(walked.entries, walked.entries.dropFirst()).allSatisfy { PathOrder.precedes($0.path, $1.path) })
        #expect(walked.problems.isEmpty)
    }

    @Test("the directories above a root come first, the root directory with an empty path") func ancestors() throws {
        let scratch = try TreeScratch()
        try scratch.directory("d")
        let walked = try Walked([scratch("d")])
        #expect(walked.entries.map { text($0.path) } == ["", "tmp", text(scratch.bytes), text(scratch.bytes) + "/d"])
        #expect(walked.entries.allSatisfy { $0.kind == .directory && $0.mode != 0 && $0.inode != 0 })
    }

    @Test(
        "overlapping and repeated roots are walked once",
        arguments: [["a", "a/x"], ["a/x", "a"], ["a", "a", "a/"], ["a/./x/../", "a//x"], ["a/x/1", "a"]])
    func overlapping(roots: [String]) throws {
        let scratch = try TreeScratch()
        for name in ["a", "a/x", "b"] { try scratch.directory(name) }
        try scratch.file("a/x/1")
        try scratch.file("a/2")
        let walked = try Walked(roots.map { scratch($0) })
        #expect(walked.names(below: scratch) == ["a", "a/2", "a/x", "a/x/1"])
    }

    @Test("only the named ones of a directory's entries are walked, shared ancestors once") func siblings() throws {
        let scratch = try TreeScratch()
        for name in ["a", "a/x", "a/y", "a/z"] { try scratch.directory(name) }
        for name in ["a/x/1", "a/y/2", "a/z/3"] { try scratch.file(name) }
        let walked = try Walked([scratch("a/z"), scratch("a/x"), scratch("a/missing"), scratch("none/deep")])
        #expect(walked.names(below: scratch) == ["a", "a/x", "a/x/1", "a/z", "a/z/3"])
        #expect(walked.problems.map { text($0.path.dropFirst(scratch.bytes.count + 1)) } == ["a/missing", "none/deep"])
        #expect(walked.problems.allSatisfy { $0.what == .missing })
    }

    @Test("names that are no UTF-8 keep their bytes") func rawNames() throws {
        let scratch = try TreeScratch()
        let name: [UInt8] = [0xFF, 0x80, 0x0A, 0x01]
        let path = (scratch.root + [0x2F] + name + [0]).map(CChar.init(bitPattern:))
        try made(unsafe mkdir(path, 0o700))
        let walked = try Walked([scratch.path])
        #expect(walked.entries.last?.path == scratch.bytes + [0x2F] + name)
    }

    @Test("a root that is a link is stored as one, a link on the way to a root as the directory") func links() throws {
        let scratch = try TreeScratch()
        try scratch.directory("d")
        try scratch.directory("d/sub")
        try scratch.file("d/sub/f")
        try scratch.file("d/other")
        try scratch.link("l", to: "d")
        let itself = try Walked([scratch("l")])
        #expect(itself.names(below: scratch) == ["l"])
        #expect(itself.entries.last?.kind == .symlink)
        let through = try Walked([scratch("l/sub"), scratch.path])
        #expect(through.names(below: scratch) == ["d", "d/other", "d/sub", "d/sub/f", "l", "l/sub", "l/sub/f"])
        #expect(through.entries.first { $0.name.elementsEqual("l".utf8) }?.kind == .directory)
        #expect(through.problems.isEmpty)
    }

    @Test("sockets are skipped and counted, a FIFO is an entry and nobody waits for it") func nodes() throws {
        let scratch = try TreeScratch()
        try made(unsafe mkfifo(scratch("fifo"), 0o600))
        try made(unsafe mknod(scratch("socket"), S_IFSOCK | 0o600, 0))
        let walked = try Walked([scratch.path])
        #expect(walked.names(below: scratch) == ["fifo"])
        #expect(walked.skippedSockets == 1 && walked.problems.isEmpty)
    }

    @Test("hard links share inode and count") func hardLinks() throws {
        let scratch = try TreeScratch()
        try scratch.file("a")
        try made(unsafe Glibc.link(scratch("a"), scratch("b")))
        let files = try Walked([scratch.path]).entries.suffix(2)
        #expect(Set(files.map(\.identity)).count == 1 && files.allSatisfy { $0.linkCount == 2 })
    }

    @Test("what vanishes between the listing and the look is reported, and the rest goes on") func vanished() throws {
        let scratch = try TreeScratch()
        for name in ["a", "b", "c"] { try scratch.directory(name) }
        try scratch.file("c/x")
        let walked = try Walked([scratch.path]) { entry in
            if entry.name.elementsEqual("a".utf8) {
                try made(unsafe rmdir(scratch("a")))
                try made(unsafe rmdir(scratch("b")))
            }
        }
        #expect(walked.names(below: scratch) == ["a", "c", "c/x"])
        #expect(walked.problems.map(\.what) == [.vanished, .vanished])
    }

    @Test("a directory that another one replaces before it is opened is reported, not entered") func swapped() throws {
        let scratch = try TreeScratch()
        try scratch.directory("a")
        try scratch.directory("z")
        try scratch.file("z/secret")
        let walked = try Walked([scratch.path]) { entry in
            guard entry.name.elementsEqual("a".utf8) else { return }
            try made(unsafe rmdir(scratch("a")))
            try made(unsafe rename(scratch("z"), scratch("a")))
        }
        #expect(walked.names(below: scratch) == ["a"])
        #expect(walked.problems.first?.what == .replaced)
    }

    @Test(
        "a ctime close to the look is racy: 50 ms, or 2 s where it is a whole second, or ahead of the clock",
        arguments: [
            (1_500_000_001, 1_500_000_001, true), (1_500_000_001, 1_550_000_001, true), (1_500_000_001, 1_550_000_002, false),
            (2_000_000_000, 4_000_000_000, true), (2_000_000_000, 4_000_000_001, false), (1_500_000_001, 1, true),
        ] as [(Int64, Int64, Bool)])
    func racy(changed: Int64, now: Int64, isRacy: Bool) {
        #expect(Entry.isRacy(changed: changed, now: now) == isRacy)
    }

    @Test(
        "where times tell of changes late, a ctime is racy for as long as that at least",
        arguments: [(1_500_000_001, false), (1_600_000_001, true), (0, false)] as [(Int64, Bool)])
    func settling(changed: Int64, isRacy: Bool) {
        #expect(Entry.isRacy(changed: changed, now: 61_600_000_001, settling: 60_000_000_000) == isRacy)
    }

    /// 120 directories, one in another, with names of 50 bytes, a file at the end and one called `zz` in the first.
    private func makeDeep(_ scratch: TreeScratch) throws {
        let target = try RestoreTarget(directory: scratch.root)
        let name = [UInt8](repeating: UInt8(ascii: "n"), count: 50)
        var path = name
        for _ in 0..<120 {
            try target.makeDirectory(path, replacingNonDirectory: false)
            path += [UInt8(ascii: "/")] + name
        }
        _ = try target.createFile(path, size: 3, replacing: false)
        _ = try target.createFile(name + Array("/zz".utf8), size: 0, replacing: false)
    }

    @Test("a tree deeper than the open directories and the longest path the kernel takes is walked, read and removed")
    func deep() throws {
        let scratch = try TreeScratch()
        try makeDeep(scratch)
        let walked = try Walked([scratch.path])
        #expect(walked.problems.isEmpty)
        #expect(walked.entries.count == 3 + 121 + 1 && walked.entries.last?.name.elementsEqual("zz".utf8) == true)
        let deepest = try #require(walked.entries.dropLast().last)
        #expect(deepest.path.count > 6000 && deepest.size == 3)
        var entry = deepest
        #expect(Metadata.complete(&entry).isEmpty)
        let file = try SourceFile(opening: deepest)
        #expect(try file.restat().size == 3)
    }

    @Test("a walk finds its way back where the directory it is in was moved away meanwhile") func moved() throws {
        let scratch = try TreeScratch()
        try makeDeep(scratch)
        let name = String(repeating: "n", count: 50)
        let inner = Array(repeating: name, count: 20).joined(separator: "/")
        let walked = try Walked([scratch.path]) { entry in
            if entry.kind == .file, entry.size == 3 { try made(unsafe rename(scratch(inner), scratch("moved"))) }
        }
        #expect(walked.problems.isEmpty)
        #expect(walked.entries.last?.name.elementsEqual("zz".utf8) == true)
    }
}
