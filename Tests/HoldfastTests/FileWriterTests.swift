import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@testable import Holdfast

@Suite("A file between the walk and its reading")
struct FileWriterTests {
    private let scratch: RestoreScratch

    init() throws {
        scratch = try RestoreScratch()
        for name in ["s", "s/d", "other"] { try scratch.directory(name) }
        try scratch.file("s/d/f", "as the walk saw it")
    }

    /// Stores `s/d/f` as a walk saw it that came before `change`.
    private func store(after change: () throws -> Void) async throws -> FileWriter.Outcome {
        let walk = TreeWalk(roots: [Array(scratch("s").utf8)], filter: WalkFilter()) { Issue.record("\($0)") }
        var (trail, directory, walked) = (DirectoryTrail(), FileIdentity?.none, Entry?.none)
        while let entry = walk.next() {
            directory = trail.advance(to: entry)
            walked = entry
        }
        let files = try await TestCluster().makeFileWriter()
        try change()
        return try await files.store(try #require(walked), FileReading(since: nil, in: directory))
    }

    @Test("another one that was renamed into its place is stored as it is, and told of by nobody")
    func renamed() async throws {
        try scratch.file("other/new", "the new content, which is longer")
        let inode = try scratch.status("other/new").inode
        let outcome = try await store { try called(unsafe rename(scratch("other/new"), scratch("s/d/f"))) }
        let entry = try #require(outcome.entry)
        #expect(outcome.problems == [] && entry.displayPath == scratch("s/d/f"))
        #expect(entry.inode == inode && entry.size == 32)
    }

    @Test("what is no file any more is not read, and told", arguments: ["symlink", "fifo", "directory"])
    func otherKind(kind: String) async throws {
        let outcome = try await store {
            try called(unsafe unlink(scratch("s/d/f")))
            switch kind {
            case "symlink": try scratch.link("s/d/f", to: "../../other/f")
            case "fifo": try called(unsafe mkfifo(scratch("s/d/f"), 0o600))
            default: try scratch.directory("s/d/f")
            }
        }
        #expect(outcome.entry == nil && outcome.problems.map(\.what) == [.replaced])
    }

    @Test(
        "nothing is read in a directory that the walk has not seen, wherever a link in its place leads", arguments: [false, true])
    func otherDirectory(isLink: Bool) async throws {
        try scratch.file("other/f", "not of this source")
        let outcome = try await store {
            try called(unsafe rename(scratch("s/d"), scratch("away")))
            if isLink {
                try scratch.link("s/d", to: "../other")
            } else {
                try called(unsafe rename(scratch("other"), scratch("s/d")))
            }
        }
        #expect(outcome.entry == nil && outcome.problems.map(\.what) == [.replaced])
    }

    @Test("one that was empty and is not any more is read") func grown() async throws {
        try scratch.file("s/d/f", "")
        let outcome = try await store { try scratch.file("s/d/f", "grown") }
        #expect(outcome.problems == [] && outcome.entry?.size == 5)
    }

    @Test("an empty one that may not be read is stored all the same: there is nothing in it") func unreadable() async {
        await #expect(processExitsWith: .success) {
            let tests = try FileWriterTests()
            try tests.scratch.file("s/d/f", "")
            try called(unsafe chmod(tests.scratch("s/d/f"), 0))
            let outcome = try await tests.store { if geteuid() == 0 { try called(seteuid(65534)) } }
            if getuid() == 0 { try called(seteuid(0)) }
            #expect(outcome.entry?.size == 0 && outcome.problems == [])
        }
    }
}
