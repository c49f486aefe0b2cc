import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("A source that no schedule takes")
struct UnscheduledSourceTests {
    @Test("has no date where the guard keeps its newest snapshot, and what is told to be done frees its CMK")
    func guarded() async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source", "--time", "2055-01-01", "--keep", "10 days")
        let old = try await cmk(of: project)
        let new = try await project.run("keys", "create", "two", "--json", "--time", "2055-01-02").object.string("uri")
        #expect(try await project.run("keys", "rotate", "--to", new, "--time", "2055-01-02").status == .done)
        let check = try await project.run("keys", "check", old, "--time", "2055-03-01", "--json")
        #expect(check.status == .blocked)
        #expect(check.out.contains(#""why":"no-new-snapshots""#), "\(check.out)")
        let text = try await project.run("keys", "check", old, "--time", "2055-03-01").out
        #expect(text.contains("Never, unless new snapshots are taken"), "\(text)")
        #expect(text.contains("holdfast forget \(id.prefix(8)) --cluster default"), "\(text)")
        #expect(!text.contains("snapshots expire"), "\(text)")
        #expect(try await project.run("forget", id, "--time", "2055-03-01").status == .done)
        #expect(try await project.run("keys", "check", old, "--time", "2055-03-01").out.contains("2055-03-08"))
    }

    @Test("goes by a date where a schedule takes it")
    func scheduled() async throws {
        let project = try await ProjectRun()
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let node =
            "    nodes: {n1: {sources: {data: {paths: [\(project.path)/source]}}}}\n    policy: {items: [{every: day, keep: 7 days}]}"
        try project.write(text.replacing("    policy: {}", with: node), to: "holdfast.yaml")
        #expect(try await project.run("run", "--node", "n1", "--time", "2055-01-01").status == .done)
        let old = try await cmk(of: project)
        let new = try await project.run("keys", "create", "two", "--json", "--time", "2055-01-02").object.string("uri")
        #expect(try await project.run("keys", "rotate", "--to", new, "--time", "2055-01-02").status == .done)
        let check = try await project.run("keys", "check", old, "--time", "2055-01-02", "--json")
        #expect(check.out.contains(#""certainty":"projected""#), "\(check.out)")
    }

    private func cmk(of project: ProjectRun) async throws -> String {
        let list = try await project.run("keys", "list", "--json").out
        guard case .array(let rows) = try JSONValue.parse(Array(list.utf8)), case .object(let row) = rows.first else { return "" }
        return try row.string("uri")
    }
}
