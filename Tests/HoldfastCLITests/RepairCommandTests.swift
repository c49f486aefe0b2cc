import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("check --repair")
struct RepairCommandTests {
    /// A project of which the only snapshot lost its data.
    private func damagedProject() async throws -> (project: ProjectRun, id: String) {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        let packs = project.path + "/repository/packs/" + id
        let names = try FileManager.default.contentsOfDirectory(atPath: packs)
        let sizes = try names.map { name in
            let size = try FileManager.default.attributesOfItem(atPath: packs + "/" + name)[.size] as? Int
            return (size: try #require(size), name: name)
        }
        // The smaller one: a listing is longer than six bytes of data.
        let data = try #require(sizes.min { $0.size < $1.size })
        try FileManager.default.removeItem(atPath: packs + "/" + data.name)
        return (project, id)
    }

    @Test(
        "every field of its JSON is told of in its help, and every affected file has a line",
        arguments: [["--read-data"], ["--repair"]])
    func documented(option: [String]) async throws {
        let (project, id) = try await damagedProject()
        let run = try await project.run(["check", "--json", "--report", "report"] + option)
        #expect(run.status == .damaged, "\(run.error)")
        let help = try await project.run("check", "--help").out
        #expect(try DocumentedFieldsTests.untold(in: run.out, by: help) == [])
        let affected = try run.out.split(separator: "\n").map { try JSONObject.parse(Array($0.utf8)) }
            .filter { $0["message_type"] == "affected" }
        #expect(affected.count == 2 && affected.allSatisfy { $0["standing"] == "lost" && $0["snapshot_id"] == .string(id) })
        let report = try String(contentsOfFile: project.path + "/report", encoding: .utf8).split(separator: "\n")
        #expect(report.count == 3 && report.last?.contains("summary") == true)
    }

    @Test(
        "what was found is shown, and counts, though its report cannot be written; that is told as well",
        arguments: [[], ["--json"]])
    func unwrittenReport(option: [String]) async throws {
        let (project, _) = try await damagedProject()
        let run = try await project.run(["check", "--read-data", "--report", "none/report"] + option)
        #expect(run.status == .damaged && run.out.contains("packs/"), "\(run.out)")
        #expect(run.error.contains("none/report"), "\(run.error)")
        let cmk = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        let keys = try await project.run(["keys", "check", cmk, "--report", "none/report"] + option)
        #expect(keys.status == .unproven && keys.out.contains(cmk), "\(keys.status) \(keys.out)")
        #expect(keys.error.contains("none/report"), "\(keys.error)")
    }

    @Test("as text it says what stands and what was done, and the log says it once")
    func text() async throws {
        let (project, id) = try await damagedProject()
        let log = project.path + "/repository/snapshots/" + id
        let dry = try await project.run("check", "--repair", "--dry-run")
        #expect(dry.status == .damaged && dry.out.contains("whole: 0 files"), "\(dry.out)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: log).count == 2)
        for _ in 0..<2 {
            let run = try await project.run("check", "--repair")
            #expect(
                run.status == .damaged && run.out.contains("lost: 2 files") && run.out.contains("not salvaged: "), "\(run.out)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: log).count == 3)
        }
        let list = try await project.run("snapshots")
        #expect(list.status == .done && list.out.contains("live, damaged"), "\(list.out)")
        let next = try await project.backUp("source")
        let repaired = try await project.run("check", "--repair")
        #expect(repaired.out.contains("salvaged: what is whole is in snapshot"), "\(repaired.out)")
        #expect(try await project.run("restore", next, "--target", "out").status == .done)
    }

    @Test("a description that is missing is written anew, and only where its repository is") func description() async throws {
        let (project, _) = try await damagedProject()
        let name = project.path + "/repository/holdfast.json"
        let before = try JSONObject.parse(Array(try Data(contentsOf: URL(filePath: name))))
        try FileManager.default.removeItem(atPath: name)
        #expect(try await project.run("check", "--repair", "--dry-run").status == .noRepository)
        #expect(try await project.run("check", "--repair").status == .damaged)
        let after = try JSONObject.parse(Array(try Data(contentsOf: URL(filePath: name))))
        #expect(after["repository"] == before["repository"])
        try FileManager.default.removeItem(atPath: project.path + "/repository")
        try FileManager.default.createDirectory(atPath: project.path + "/repository", withIntermediateDirectories: true)
        #expect(try await project.run("check", "--repair").status == .noRepository)
        #expect(try FileManager.default.contentsOfDirectory(atPath: project.path + "/repository") == [])
    }

    @Test("a description that is damaged keeps nothing from being read, says what to do, and is mended by that")
    func damagedDescription() async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        let name = project.path + "/repository/holdfast.json"
        let before = try String(contentsOfFile: name, encoding: .utf8)
        try project.write("{" + before, to: "repository/holdfast.json")
        for command in [["snapshots"], ["ls", id], ["restore", id, "--target", "out"]] {
            let run = try await project.run(command)
            #expect(run.status == .done && run.error.contains("holdfast check --repair"), "\(command): \(run.error)")
        }
        let check = try await project.run("check")
        #expect(check.status == .damaged && check.out.contains("holdfast.json"), "\(check.out)")
        #expect(try await project.run("prune").status == .damaged)
        try FileManager.default.removeItem(atPath: name)
        #expect(try await project.run("check", "--repair").status == .done)
        #expect(try await project.run("prune").status == .done)
        let other = before.replacingOccurrences(of: #""repository":""#, with: #""repository":"00"#)
        let shifted = other.replacingOccurrences(
            of: #"00([0-9a-f]{30})[0-9a-f]{2}""#, with: #"00$1""#, options: .regularExpression)
        try project.write(shifted, to: "repository/holdfast.json")
        #expect(try await project.run("snapshots").status == .damaged)
        let newer = before.replacingOccurrences(of: #""format":1"#, with: #""format":2"#)
        try project.write(newer, to: "repository/holdfast.json")
        #expect(try await project.run("snapshots").status == .damaged)
    }

    @Test(
        "what it cannot mean is refused",
        arguments: [["check", "--dry-run"], ["check", "--report", "x"], ["check", "--repair", "10"]])
    func usage(arguments: [String]) async throws {
        #expect(await CommandLineRun().run(arguments) == .usage)
    }
}
