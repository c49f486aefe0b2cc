import CPosix
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct TreeFilterTests {
    @Test(
        "excludes leave out what they match with all below",
        arguments: [
            (["*.lock"], ["a", "a/b", "a/b/c", "a/cache", "a/cache/x"]),
            (["cache"], ["a", "a/b", "a/b/c", "a/b/f.lock", "f.lock"]),
            (["a/b"], ["a", "a/cache", "a/cache/x", "f.lock"]), (["c", "f.*"], ["a", "a/b", "a/cache", "a/cache/x"]),
            (["a"], ["f.lock"]),
        ])
    func excludes(patterns: [String], left: [String]) throws {
        let scratch = try TreeScratch()
        for name in ["a", "a/b", "a/cache"] { try scratch.directory(name) }
        for name in ["a/b/c", "a/b/f.lock", "a/cache/x", "f.lock"] { try scratch.file(name) }
        let filter = WalkFilter(excludes: try patterns.map { try Glob($0) })
        #expect(try Walked([scratch.path], filter).names(below: scratch) == left)
    }

    @Test("an anchored exclude holds from the root of the file system") func anchored() throws {
        let scratch = try TreeScratch()
        try scratch.directory("a")
        try scratch.directory("b")
        let filter = WalkFilter(excludes: [try Glob(scratch("a")), try Glob("/b")])
        #expect(try Walked([scratch.path], filter).names(below: scratch) == ["b"])
    }

    @Test("an exclude does not reach a root through a directory above it, but a root of that name") func roots() throws {
        let scratch = try TreeScratch()
        for name in ["a", "a/b", "a/x", "c"] { try scratch.directory(name) }
        let filter = WalkFilter(excludes: [try Glob("a"), try Glob("c")])
        #expect(try Walked([scratch("a/b"), scratch("c"), scratch.path], filter).names(below: scratch) == ["a", "a/b"])
    }

    @Test("of a tagged cache the directory and the tag are kept; a tag without the signature counts for nothing") func caches()
        throws
    {
        let scratch = try TreeScratch()
        for name in ["c", "c/sub", "d"] { try scratch.directory(name) }
        try scratch.file("c/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# more")
        try scratch.file("c/x")
        try scratch.file("d/CACHEDIR.TAG", "Signature: none")
        try scratch.file("d/y")
        let filter = WalkFilter(excludeCaches: true)
        #expect(
            try Walked([scratch.path], filter).names(below: scratch) == ["c", "c/CACHEDIR.TAG", "d", "d/CACHEDIR.TAG", "d/y"])
        #expect(try Walked([scratch.path]).names(below: scratch).contains("c/x"))
    }

    @Test("a repository within a source is not entered, under whatever name it is met") func forbidden() throws {
        let scratch = try TreeScratch()
        for name in ["repo", "data"] { try scratch.directory(name) }
        try scratch.file("repo/pack")
        try scratch.file("data/f")
        let repository = try #require(try Walked([scratch("repo")]).entries.first { $0.name.elementsEqual("repo".utf8) })
        let filter = WalkFilter(forbidden: [repository.identity])
        #expect(try Walked([scratch.path], filter).names(below: scratch) == ["data", "data/f", "repo"])
    }

    @Test(
        "a mount point is kept empty on one file system, unless it is named itself",
        .enabled(if: geteuid() == 0, "needs root to mount"))
    func oneFileSystem() throws {
        let scratch = try TreeScratch()
        for name in ["m", "n"] { try scratch.directory(name) }
        guard unsafe mount("none", scratch("m"), "tmpfs", 0, nil) == 0 else {
            print("NOT TESTED: this process may not mount")
            return
        }
        defer { unsafe umount2(scratch("m"), 2) }
        try scratch.directory("m/sub")
        try scratch.file("m/sub/f")
        let filter = WalkFilter(oneFileSystem: true)
        #expect(try Walked([scratch.path]).names(below: scratch) == ["m", "m/sub", "m/sub/f", "n"])
        #expect(try Walked([scratch.path], filter).names(below: scratch) == ["m", "n"])
        #expect(try Walked([scratch.path, scratch("m/sub")], filter).names(below: scratch) == ["m", "m/sub", "m/sub/f", "n"])
    }
}
