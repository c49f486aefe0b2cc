import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("A cluster in S3 for which this machine has no usable settings")
struct UnusableSettingsTests {
    private static let settings = [
        ["AWS_REGION": ""], ["AWS_PROFILE": "missing", "AWS_REGION": "us-east-1"],
        ["HTTPS_PROXY": "junk://x", "AWS_REGION": "us-east-1"],
    ]

    /// One local cluster with a node, whose deletion of a CMK is scheduled, and one in S3.
    private func project(_ environment: [String: String]) async throws -> (project: ProjectRun, pending: String) {
        let project = try await ProjectRun(
            environment: environment.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { own, _ in own })
        let pending = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        let deletion = try await project.run("keys", "delete", pending)
        #expect(deletion.status == .done, "\(deletion.error)")
        let file = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let added = """
            clusters:
              cloud:
                repository: s3://bucket/prefix
                id: 00112233445566778899aabbccddeeff
                backup: on

            """
        try project.write(file.replacing("clusters:\n", with: added), to: "holdfast.yaml")
        return (project, pending)
    }

    @Test("is unread, with the reason, and keeps no answer and no cancellation from the others", arguments: settings)
    func keys(settings: [String: String]) async throws {
        let (project, pending) = try await project(settings)
        for words in [["keys", "check"], ["keys", "check", pending]] {
            let check = try await project.run(words)
            #expect(check.status == .unknown && check.out.contains("S3 cannot be reached"), "\(check.out)\(check.error)")
        }
        for words in [["keys", "audit"], ["status"]] {
            let run = try await project.run(words)
            #expect(run.status == .criticalAlert && run.out.contains("S3 cannot be reached"), "\(run.out)\(run.error)")
        }
        let list = try await project.run("keys", "list")
        #expect(list.out.contains(pending), "\(list.error)")
        let cancellation = try await project.run("keys", "cancel-deletion", pending)
        #expect(cancellation.error.contains("\(pending) is enabled now"), "\(cancellation.error)")
        #expect(try await project.run("keys", "list").out.contains("enabled"))
    }

    @Test("keeps no tick from the other clusters, nor from being audited and told")
    func tick() async throws {
        let (project, _) = try await project(["AWS_REGION": ""])
        let run = try await project.run("run", "--node", "n", "--json")
        #expect(run.status != .done)
        let kinds = try run.out.split(separator: "\n").map { try JSONObject.parse(Array($0.utf8)).string("message_type") }
        #expect(kinds.contains("audit") && kinds.last == "tick", "\(kinds)")
    }
}

@Suite("A tick whose audit fails")
struct FailedAuditTests {
    @Test("says so, and what it did")
    func told() async throws {
        let project = try await ProjectRun()
        let line = CommandLineRun()
        let status = await line.run(["run", "--node", "n", "--json"], environment: [:], in: project.path)
        #expect(status == .failed)
        let kinds = try line.out.split(separator: "\n").map { try JSONObject.parse(Array($0.utf8)).string("message_type") }
        #expect(kinds.last == "tick", "\(line.out)\(line.error)")
    }
}
