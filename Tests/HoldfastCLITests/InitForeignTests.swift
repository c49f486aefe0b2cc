import Foundation
import HoldfastCLI
import Testing

@Suite("holdfast init over a repository that is in use")
struct InitForeignTests {
    private func records(of project: ProjectRun) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: project.path + "/repository").filter { $0.hasPrefix("keys") }.sorted()
    }

    @Test(
        "of another project refuses, writes nothing into it, and names what to do",
        arguments: [(false, false), (false, true), (true, true)])
    func refuses(beside: Bool, hasKeyring: Bool) async throws {
        let (first, second) = (try await ProjectRun(), try await ProjectRun())
        _ = try await first.backUp("source")
        let before = try records(of: first)
        if beside {
            let text = try String(contentsOfFile: second.path + "/holdfast.yaml", encoding: .utf8)
            let cluster = "clusters:\n  other:\n    repository: \(first.path)/repository\n"
            try second.write(text.replacingOccurrences(of: "clusters:\n", with: cluster), to: "holdfast.yaml")
        } else {
            for name in ["holdfast.yaml", "repository"] { try FileManager.default.removeItem(atPath: "\(second.path)/\(name)") }
        }
        let keyring = second.path + "/keyring.json"
        if !hasKeyring { try FileManager.default.removeItem(atPath: keyring) }
        let project = beside ? try Data(contentsOf: URL(filePath: second.path + "/holdfast.yaml")) : nil
        let run = try await second.run(
            ["init"] + (beside ? [] : ["--repository", first.path + "/repository", "--no-passphrase"]))
        #expect(
            run.status == .failed && run.error.contains("project file") && !run.out.contains("active"), "\(run.out)\(run.error)")
        #expect(try records(of: first) == before)
        #expect(FileManager.default.fileExists(atPath: keyring) == hasKeyring)
        #expect(FileManager.default.contents(atPath: second.path + "/holdfast.yaml") == project)
        #expect(try await first.run("status").status == .done)
    }

    @Test("a generated passphrase is told where init fails behind the keyring, which stays, and no other is generated for it")
    func generated() async throws {
        let project = try await ProjectRun()
        for name in ["holdfast.yaml", "repository", "keyring.json"] {
            try FileManager.default.removeItem(atPath: "\(project.path)/\(name)")
        }
        try project.write("in the way", to: "f")
        let failed = try await project.run("init", "--generate", "--repository", "./f/repository", "--quiet")
        #expect(failed.status != .done && failed.error.contains("which stays, is: "), "\(failed.error)")
        let again = try await project.run("init", "--generate", "--repository", "./repository")
        #expect(again.status == .failed && again.error.contains("leave --generate out"), "\(again.error)")
    }

    @Test("of this project, whose id was lost from its file after a rotation, enters it again with the CMK that is active there")
    func ownAgain() async throws {
        let project = try await ProjectRun()
        let active = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await project.run("keys", "rotate", "--to", active).status == .done)
        let file = project.path + "/holdfast.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.first { $0.contains(" id:") })
        try project.write(lines.filter { $0 != line }.joined(separator: "\n"), to: "holdfast.yaml")
        let run = try await project.run("init")
        #expect(run.status == .done && run.out.contains("CMK \(active) active"), "\(run.out)\(run.error)")
        let id = try #require(line.split(separator: " ").last)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains(id))
        _ = try await project.backUp("source")
    }

    @Test("of the same project, whose file was lost, goes on with the CMK that is active there", arguments: [false, true])
    func same(isRotated: Bool) async throws {
        let project = try await ProjectRun()
        var active = "local:"
        if isRotated {
            active = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await project.run("keys", "rotate", "--to", active).status == .done)
        }
        try FileManager.default.removeItem(atPath: project.path + "/holdfast.yaml")
        let run = try await project.run("init", "--no-passphrase")
        #expect(run.status == .done && run.out.contains("CMK         \(active)"), "\(run.out)\(run.error)")
        _ = try await project.backUp("source")
    }
}
