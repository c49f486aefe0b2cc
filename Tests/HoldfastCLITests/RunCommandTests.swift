import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("A tick that meets trouble")
struct RunCommandTests {
    /// A project whose node `n1` has a source `data`, and the lines given.
    private func project(_ lines: String..., before clusters: String = "") async throws -> ProjectRun {
        let project = try await ProjectRun()
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let start = try #require(text.range(of: "    policy: {}")?.lowerBound)
        let node =
            ["    nodes:", "      n1:", "        sources:", "          data: {paths: [\(project.path)/source]}"] + lines
            + ["    policy: {}", ""]
        let own = text[..<start].replacingOccurrences(of: "clusters:\n", with: "clusters:\n\(clusters)")
        try project.write(own + node.joined(separator: "\n"), to: "holdfast.yaml")
        return project
    }

    private func tick(_ project: ProjectRun, _ arguments: String...) async throws -> (Status, JSONObject, cluster: JSONObject) {
        let run = try await project.run(["run", "--node", "n1", "--json"] + arguments)
        let ticks = try run.out.split(separator: "\n").map { try JSONObject.parse(Array($0.utf8)) }
            .filter { try $0.string("message_type") == "tick" }
        let tick = try #require(ticks.first, "\(run.out)\(run.error)")
        return (run.status, tick, try #require(try tick.objects("clusters").last))
    }

    @Test("tells what it has taken and what has failed, also where the commands after it fail")
    func afterFails() async throws {
        let project = try await project(
            "          dump: {command: [/bin/sh, -c, exit 7], filename: d}", "        after: [/bin/false]")
        let (status, _, cluster) = try await tick(project)
        #expect(try cluster.objects("taken").map { try $0.string("source") } == ["data"])
        let failures = try cluster.objects("failures").map { try $0.string("message") }
        #expect(failures.count == 2 && failures.last?.contains("after:") == true, "\(failures)")
        #expect(status == .failed)
    }

    @Test("ends with the worst of what failed, though a command after it fails as well")
    func afterAndDamage() async throws {
        let project = try await project("          gone: {paths: [\(NSTemporaryDirectory())/no-such-\(UUID())]}")
        let file = project.path + "/holdfast.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try project.write(
            text.replacing("    policy: {}", with: "        after: [/bin/false]\n    policy: {}"), to: "holdfast.yaml")
        try FileManager.default.removeItem(atPath: project.path + "/keyring.json")
        for command in [["run", "--node", "n1"], ["backup", "--node", "n1"]] {
            let run = try await project.run(command)
            #expect(run.status == .keyManagerUnreachable || run.status == .criticalAlert, "\(command) \(run.error)")
            #expect(run.error.contains("after:"), "\(command) \(run.error)")
        }
    }

    @Test("takes its snapshots where another cluster's directory cannot be looked at, and says so")
    func otherRepository() async throws {
        let project = try await project()
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        try project.write(
            text.replacing("clusters:\n", with: "clusters:\n  other:\n    repository: ./other\n    policy: {items: []}\n"),
            to: "holdfast.yaml")
        #expect(try await project.run("init").status == .done)
        try FileManager.default.moveItem(atPath: project.path + "/other", toPath: project.path + "/away")
        try FileManager.default.createSymbolicLink(atPath: project.path + "/other", withDestinationPath: "other")
        let backup = try await project.run("backup", "--cluster", "default", "--node", "n1")
        #expect(backup.status == .done, "\(backup.error)")
        #expect(backup.error.contains("\(project.path)/other"), "\(backup.error)")
        let (_, _, cluster) = try await tick(project, "--cluster", "default", "--time", "2055-01-01")
        #expect(try cluster.objects("taken").map { try $0.string("source") } == ["data"])
        #expect(try cluster.objects("failures").isEmpty)
    }

    @Test("takes and backs up all other sources where the pattern of one is refused", arguments: ["run", "backup"])
    func refusedPattern(command: String) async throws {
        let project = try await project()
        let file = project.path + "/holdfast.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let bad = "          bad: {paths: [\(project.path)/source], exclude: ['*.tmp', '!keep.tmp']}\n"
        let start = try #require(text.range(of: "          data:")?.lowerBound)
        try project.write(text[..<start] + bad + text[start...], to: "holdfast.yaml")
        let run = try await project.run(command, "--node", "n1")
        #expect(run.status == .usage || run.status == .criticalAlert, "\(run.error)")
        #expect(run.error.contains("!keep.tmp"), "\(run.error)")
        #expect(try await project.run("snapshots", "--json").out.matches(of: /"sources":\["data"\]/).count == 1)
    }
}
