import Foundation
import Glibc
import HoldfastCLI
import Testing

@Suite("What a command line cannot mean")
struct RefusedArgumentsTests {
    @Test(
        "an argument that is empty, as of a variable that is not set, is refused and named",
        arguments: [
            (["restore", "latest", "--target", "", "--delete"], "--target"), (["restore", "latest", "--target="], "--target"),
            (["backup", ""], "backup"), (["backup", "--", "source", ""], "source"),
            (["backup", "--exclude-file", "", "source"], "--exclude-file"), (["status", "-p", ""], "-p"),
            (["init", "--repository", ""], "--repository"), (["backup", "source", "--node", ""], "--node"),
        ])
    func empty(arguments: [String], name: String) async throws {
        let project = try await ProjectRun()
        let run = try await project.run(arguments)
        #expect(run.status == .usage)
        #expect(run.error.contains("after \(name) is empty"), "\(run.error)")
    }

    @Test("a command's own arguments may be empty")
    func emptyOfCommand() async throws {
        let project = try await ProjectRun()
        let run = try await project.run("backup", "--from-command", "--", "printf", "%sx", "")
        #expect(run.status == .done, "\(run.error)")
    }

    @Test(
        "a pattern that begins with ! is refused, with how to write a name that does",
        arguments: [
            ["backup", "source", "--exclude", "!keep"], ["backup", "source", "--exclude-file", "patterns"],
            ["restore", "latest", "--target", "out", "--include", "!keep"], ["find", "!keep"],
        ])
    func negated(arguments: [String]) async throws {
        let project = try await ProjectRun()
        try project.write("*.log\n!keep\n", to: "patterns")
        let run = try await project.run(arguments)
        #expect(run.status == .usage)
        #expect(run.error.contains("!keep") && run.error.contains(#"\!"#), "\(run.error)")
    }

    @Test("a name that begins with ! is left out by its pattern")
    func escaped() async throws {
        let project = try await ProjectRun()
        try project.write("x", to: "source/!keep")
        _ = try await project.backUp("source", "--exclude", #"\!keep"#)
        #expect(try await !project.run("ls", "-R", "latest").out.contains("!keep"))
    }

    @Test("a file of patterns may hold any bytes, an end of line of either kind, and a mark at its beginning")
    func patternBytes() async throws {
        let project = try await ProjectRun()
        try project.write("x", to: "source/first")
        try project.write("x", to: "source/last")
        project.touch(Array("source/caf".utf8) + [0xE9])
        let patterns = [[0xEF, 0xBB, 0xBF], Array("first\r\n# no pattern\ncaf".utf8), [0xE9], Array("\nlast".utf8)].flatMap { $0 }
        try Data(patterns).write(to: URL(filePath: project.path + "/patterns"))
        _ = try await project.backUp("source", "--exclude-file", "patterns")
        let names = try await project.run("ls", "latest:" + project.path + "/source").out
        #expect(names.split(separator: "\n").count == 2, "\(names)")
    }

    @Test("a pattern that is none is told with its file and line")
    func patternLine() async throws {
        let project = try await ProjectRun()
        try project.write("*.log\n[a\n", to: "patterns")
        let run = try await project.run("backup", "source", "--exclude-file", "patterns")
        #expect(run.status == .usage && run.error.contains("\(project.path)/patterns, line 2"), "\(run.error)")
    }

    @Test("a file of patterns that is not there is told with the reason")
    func patternsMissing() async throws {
        let project = try await ProjectRun()
        let run = try await project.run("backup", "source", "--exclude-file", "patterns")
        #expect(run.status == .usage && run.error.contains("No such file"), "\(run.error)")
    }
}

extension ProjectRun {
    /// Makes a file of a name that need not be UTF-8.
    func touch(_ name: [UInt8]) {
        let path = Array(path.utf8) + [UInt8(ascii: "/")] + name + [0]
        close(unsafe open(path.map { CChar(bitPattern: $0) }, O_WRONLY | O_CREAT, 0o644))
    }
}
