import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("keys delete of a CMK whose deletion is approved already")
struct KeysDeleteCommandTests {
    /// A CMK that nothing needs, its deletion scheduled, in a project of two clusters.
    private func project() async throws -> (project: ProjectRun, cmk: String) {
        let project = try await ProjectRun()
        let file = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let second = "clusters:\n  billing:\n    repository: ./billing\n"
        try project.write(file.replacing("clusters:\n", with: second), to: "holdfast.yaml")
        #expect(try await project.run("init").status == .done)
        let cmk = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await project.run("keys", "delete", cmk).status == .done)
        return (project, cmk)
    }

    @Test(
        "is unknown, and no reason to take it back, while a cluster cannot be read; the approval stands, which it says",
        arguments: ["billing", "repository"])
    func unread(repository: String) async throws {
        let (project, cmk) = try await project()
        try FileManager.default.moveItem(atPath: project.path + "/" + repository, toPath: project.path + "/away")
        let again = try await project.run("keys", "delete", cmk)
        #expect(again.status == .unknown, "\(again.out)\(again.error)")
        #expect(again.out.contains("the approval of its deletion stands"), "\(again.out)\(again.error)")
        #expect(!again.error.contains("no longer safe"))
        let json = try await project.run("keys", "delete", cmk, "--json")
        #expect(json.status == .unknown)
        #expect(try json.lastLine.bool("approved"))
        try FileManager.default.moveItem(atPath: project.path + "/away", toPath: project.path + "/" + repository)
        #expect(try await project.run("keys", "delete", cmk).status == .done)
    }
}
