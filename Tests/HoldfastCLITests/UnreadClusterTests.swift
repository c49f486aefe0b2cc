import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("Clusters that cannot be read")
struct UnreadClusterTests {
    @Test("one without an id is told by its name, with what gives it one", arguments: ["status", "keys check", "keys audit"])
    func withoutID(command: String) async throws {
        let project = try await ProjectRun()
        let file = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        try project.write(file + "  billing:\n    repository: ./other\n", to: "holdfast.yaml")
        let run = try await project.run(command.split(separator: " ").map(String.init))
        let told = run.out + run.error
        #expect(told.contains("billing") && told.contains("no id:") && told.contains("holdfast init"), "\(told)")
        #expect(!told.contains("gone:"), "\(told)")
    }

    @Test("what hangs on a CMK is not known where its repository was not read")
    func listed() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        try FileManager.default.moveItem(atPath: project.path + "/repository", toPath: project.path + "/away")
        let run = try await project.run("keys", "list", "--json")
        #expect(run.status == .unknown)
        guard case .array(let rows) = try JSONValue.parse(Array(run.out.utf8)), case .object(let row)? = rows.first else {
            Issue.record("\(run.out)")
            return
        }
        #expect(try row.string("state") == "unknown" && row["snapshots"] == .null && row["bytes"] == .null, "\(run.out)")
    }

    @Test("a report that cannot be written says why", arguments: ["keys report --demo --html", "keys check --report"])
    func report(command: String) async throws {
        let project = try await ProjectRun()
        let run = try await project.run(command.split(separator: " ").map(String.init) + ["nowhere/report"])
        #expect(run.status == .failed && run.error.contains("No such file or directory"), "\(run.error)")
    }
}
