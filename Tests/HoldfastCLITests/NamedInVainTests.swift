import Foundation
import Glibc
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("What was named and is not there")
struct NamedInVainTests {
    private func makeSocket(_ path: String) throws {
        try #require(unsafe mknod(path, S_IFSOCK | 0o600, 0) == 0)
    }

    @Test("a socket that is named is told, as a path that is missing; alone it makes no snapshot")
    func socket() async throws {
        let project = try await ProjectRun()
        try makeSocket(project.path + "/socket")
        let alone = try await project.run("backup", "socket")
        #expect(alone.status == .failed && alone.error.contains("\(project.path)/socket"), "\(alone.error)")
        #expect(try await project.run("snapshots", "--json").out == "[]\n")
        let both = try await project.run("backup", "socket", "source")
        #expect(both.status == .incomplete && both.error.contains("\(project.path)/socket: is a socket"), "\(both.error)")
    }

    @Test("a socket in a directory is passed over without a word")
    func socketWithin() async throws {
        let project = try await ProjectRun()
        try makeSocket(project.path + "/source/socket")
        #expect(try await project.run("backup", "source").status == .done)
    }

    @Test("a pattern to include that matches nothing is told, one that does is not", arguments: [[], ["-n"]])
    func include(options: [String]) async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let words = ["restore", "latest:" + project.path, "--target", "out", "--include", "b", "--include", "nobody"] + options
        let text = try await project.run(words)
        #expect(text.status == .done)
        #expect(text.error.contains("'nobody'") && !text.error.contains("'b'"), "\(text.error)")
        let notes = try await project.run(words + ["--json"]).lastLine.array("notes")
        #expect(notes == [.string("nothing matches the pattern to include 'nobody'")])
    }

    @Test("patterns to include are held against paths from the snapshot's root, also below a path")
    func includeFromRoot() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let place = "latest:" + project.path + "/source"
        let run = try await project.run("restore", place, "--target", "out", "--include", project.path + "/source/sub")
        #expect(run.status == .done && !run.error.contains("nothing matches"), "\(run.error)")
        #expect(FileManager.default.fileExists(atPath: project.path + "/out/sub/b"))
        #expect(!FileManager.default.fileExists(atPath: project.path + "/out/a"))
    }
}
