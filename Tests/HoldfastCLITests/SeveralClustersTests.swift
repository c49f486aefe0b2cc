import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("A list over several clusters, one of which cannot be read")
struct SeveralClustersTests {
    private static let commands = [["snapshots"], ["hold", "list"], ["policy", "show"], ["policy", "check"]]

    /// `default` has a held snapshot; the repository of `billing` is not there.
    private func project() async throws -> ProjectRun {
        let project = try await ProjectRun()
        let file = project.path + "/holdfast.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let second = "clusters:\n  billing:\n    repository: ./billing\n"
        try project.write(text.replacingOccurrences(of: "clusters:\n", with: second), to: "holdfast.yaml")
        let join = try await project.run("init")
        #expect(join.status == .done, "\(join.error)")
        let id = try await project.backUp("source", "--cluster", "default")
        #expect(try await project.run("hold", "add", "case-7", id, "--cluster", "default").status == .done)
        try FileManager.default.removeItem(atPath: project.path + "/billing")
        return project
    }

    @Test("shows the others, names the one, and ends with its exit code")
    func others() async throws {
        let project = try await project()
        for command in Self.commands {
            let text = try await project.run(command)
            #expect(text.status == .noRepository, "\(command)")
            #expect(text.out.contains("default") || text.out.contains("no errors in what could be read"), "\(text.out)")
            #expect(text.error.contains("cluster billing: no repository there: \(project.path)/billing"), "\(text.error)")
            let json = try await project.run(command + ["--json"])
            #expect(json.status == .noRepository)
            let lines = json.out.split(separator: "\n")
            #expect(lines.count == 2 && !lines[0].contains("exit_error"), "\(json.out)")
            #expect(try json.lastLine.string("message").hasPrefix("cluster billing: "))
            #expect(try json.lastLine.string("object") == project.path + "/billing")
        }
    }

    @Test(
        "a snapshot whose log is no directory, or has one among its records, is unreadable, and keeps no other from being restored",
        arguments: [true, false])
    func oddLog(isWhole: Bool) async throws {
        let project = try await ProjectRun()
        let (odd, sound) = (try await project.backUp("source"), try await project.backUp("source"))
        let log = project.path + "/repository/snapshots/" + odd
        if isWhole { try FileManager.default.removeItem(atPath: log) }
        let object = isWhole ? log : log + "/2"
        if isWhole {
            try Data().write(to: URL(filePath: object))
        } else {
            try FileManager.default.createDirectory(atPath: object, withIntermediateDirectories: false)
        }
        let list = try await project.run("snapshots")
        #expect(list.status == .damaged && list.out.contains("unreadable") && list.out.contains(sound.prefix(8)), "\(list.error)")
        for (name, target) in [(sound, "one"), ("latest", "two")] {
            let run = try await project.run("restore", name, "--target", target)
            #expect(run.status == .done, "\(run.error)")
        }
        let prune = try await project.run("prune")
        #expect(prune.status == .damaged && prune.out.contains("packs deleted: 0"), "\(prune.out) \(prune.error)")
        #expect(try await project.run("check").status == .damaged)
        let keys = try await project.run("keys", "check", "--json")
        #expect(keys.status == .unknown || keys.status == .blocked, "\(keys.out)")
    }

    @Test(
        "of one of which the key log alone is damaged the snapshots and holds are listed all the same, and it fails",
        arguments: [true, false])
    func damagedKeyLog(isJSON: Bool) async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        #expect(try await project.run("hold", "add", "case-7", id).status == .done)
        let record = URL(filePath: project.path + "/repository/keys/0")
        var bytes = try Data(contentsOf: record)
        bytes[30] ^= 1
        try FileManager.default.removeItem(at: record)
        try bytes.write(to: record)
        for command in [["snapshots"], ["hold", "list"]] {
            let run = try await project.run(command + (isJSON ? ["--json"] : []))
            #expect(run.status == .damaged && run.out.contains(String(id.prefix(8))), "\(run.out)")
            #expect(run.error.contains("keys/0"), "\(run.error)")
        }
    }

    @Test("says nothing of the kind where none can be read, or the one that was asked for cannot")
    func none() async throws {
        let project = try await project()
        for command in Self.commands {
            let one = try await project.run(command + ["--cluster", "billing", "--json"])
            #expect(one.status == .noRepository && one.out.hasPrefix(#"{"message_type":"exit_error""#), "\(one.out)")
        }
        try FileManager.default.removeItem(atPath: project.path + "/repository")
        for command in Self.commands {
            let all = try await project.run(command + ["--json"])
            #expect(all.status == .noRepository)
            let lines = all.out.split(separator: "\n")
            #expect(lines.count == 2 && lines.allSatisfy { $0.contains("exit_error") }, "\(all.out)")
        }
    }
}
