import Foundation
import Glibc
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("Entries as they are shown")
struct ShownEntriesTests {
    @Test("a time is that of the whole second before it, also before 1970")
    func times() async throws {
        let project = try await ProjectRun()
        let file = unsafe open(project.path + "/source/a", O_RDONLY)
        let times = [
            timespec(tv_sec: 1_700_000_039, tv_nsec: 999_999_999), timespec(tv_sec: 1_700_000_039, tv_nsec: 999_999_999),
        ]
        #expect(unsafe futimens(file, times) == 0)
        close(file)
        _ = try await project.backUp("source")
        let line = try await project.run("ls", "--json", "latest:" + project.path + "/source/a").lastLine
        #expect(try line.string("mtime") == "2023-11-14T22:13:59Z")
    }

    @Test("a name that is not UTF-8 stands beside its path as bytes, wherever JSON has paths")
    func names() async throws {
        let project = try await ProjectRun()
        let before = try await project.backUp("source")
        let name = Array("source/x".utf8) + [0xFF]
        project.touch(name)
        let whole = JSONValue.base64(Array((project.path + "/").utf8) + name)
        let after = try await project.backUp("source")
        let changes = try await project.run("diff", before, after, "--json").object.array("changes")
        #expect(changes.contains { member("path_b64", of: $0) == whole }, "\(changes)")
        #expect(changes.allSatisfy { member("path", of: $0) != nil })
        let preview = try await project.run("restore", after, "--target", "out", "-n", "--json").out.split(separator: "\n")
        let lines = try preview.map { try JSONObject.parse(Array($0.utf8)) }
        #expect(lines.filter { $0["path_b64"] == whole }.count == 1)
        #expect(lines.filter { $0["path_b64"] != nil }.count == 1)
    }

    @Test("so it does where it could not be restored")
    func errors() async throws {
        let project = try await ProjectRun()
        let name = Array("source/x".utf8) + [0xFF]
        project.touch(name)
        _ = try await project.backUp("source")
        try FileManager.default.createDirectory(atPath: project.path + "/out", withIntermediateDirectories: true)
        let inTheWay = Array((project.path + "/out/x").utf8) + [0xFF, UInt8(ascii: "/"), UInt8(ascii: "f"), 0]
        #expect(unsafe mkdir(inTheWay.dropLast(3).map { CChar(bitPattern: $0) } + [0], 0o755) == 0)
        close(unsafe open(inTheWay.map { CChar(bitPattern: $0) }, O_WRONLY | O_CREAT, 0o644))
        let run = try await project.run("restore", "latest:" + project.path + "/source", "--target", "out", "--json")
        let summary = try JSONObject.parse(Array(try #require(run.out.split(separator: "\n").first).utf8))
        let errors = try summary.array("errors")
        #expect(
            errors.contains { member("path_b64", of: $0) == .base64(Array((project.path + "/").utf8) + name) }, "\(run.out)")
    }

    private func member(_ name: String, of value: JSONValue) -> JSONValue? {
        if case .object(let object) = value { object[name] } else { nil }
    }
}
