import Foundation
import HoldfastCLI
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("holdfast init over a repository that is in use")
struct InitForeignTests {
    private func records(in path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path + "/repository").filter { $0.hasPrefix("keys") }.sorted()
    }

    @Test(
        "of another project refuses, writes nothing into it, and names what to do",
        arguments: [(false, false), (false, true), (true, true)])
    func refuses(beside: Bool, hasKeyring: Bool) async throws {
        let (first, second) = (try await ProjectRun(), try await ProjectRun())
        _ = try await first.backUp("source")
        let before = try records(in: first.path)
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
        #expect(try records(in: first.path) == before)
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

    /// A project file beside the one that `init` has made, of any name, without an id, which trusts all of the account's CMKs.
    private func write(_ name: String, project: String, beside run: AWSProjectRun, _ cmk: CMK) throws -> String {
        let pattern = String(cmk.uri.prefix { $0 != "/" }) + "/*"
        let text = try run.file.replacing("project: default", with: "project: \(project)")
            .replacing(cmk.uri, with: pattern).replacing("./repository", with: "\(run.path)/repository")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("    id:") }
        let path = "\(run.path)/\(name).yaml"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: path))
        return path
    }

    @Test(
        "by a CMK that several projects may use is another's where its newest snapshot does not open as one of this project's",
        arguments: [true, false])
    func shared(isNamed: Bool) async throws {
        try await AWSProjectRun.run { first, cmk in
            let backup = try await first.run("backup", "source")
            #expect(backup.status == .done, "\(backup.error)")
            let bank = try write("bank", project: "bank", beside: first, cmk)
            let (file, before) = (try String(contentsOfFile: bank, encoding: .utf8), try records(in: first.path))
            let other = "aws-kms:\(first.fake.createKey("other"))"
            let run = try await first.run(["init", "--project", bank] + (isNamed ? ["--cmk", other] : []))
            #expect(run.status == .failed && run.error.contains("belongs to a project already"), "\(run.out)\(run.error)")
            #expect(run.error.contains("holdfast init --cmk \(cmk.uri)"), "\(run.error)")
            #expect(try String(contentsOfFile: bank, encoding: .utf8) == file)
            #expect(try records(in: first.path) == before)
            let own = try write("own", project: "default", beside: first, cmk)
            let entered = try await first.run(["init", "--project", own] + (isNamed ? ["--cmk", cmk.uri] : []))
            #expect(entered.status == .done && entered.out.contains("CMK \(cmk) active"), "\(entered.out)\(entered.error)")
        }
    }

    @Test("by such a CMK is this project's where there is no snapshot in it, but not where --cmk names another")
    func unused() async throws {
        try await AWSProjectRun.run { first, cmk in
            let own = try write("own", project: "default", beside: first, cmk)
            let other = "aws-kms:\(first.fake.createKey("other"))"
            #expect(try await first.run("init", "--project", own, "--cmk", other).status == .failed)
            let run = try await first.run("init", "--project", own)
            #expect(run.status == .done && run.out.contains("CMK \(cmk) active"), "\(run.out)\(run.error)")
        }
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
