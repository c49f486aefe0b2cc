import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("A repository of which a part is missing")
struct MissingPartsTests {
    /// A project with one snapshot, and no memory of it.
    private func project(without part: String) async throws -> ProjectRun {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let files = FileManager.default
        try files.moveItem(atPath: "\(project.path)/repository/\(part)", toPath: "\(project.path)/elsewhere")
        for place in ["state", "cache"] { try files.removeItem(atPath: "\(project.path)/\(place)") }
        return project
    }

    @Test(
        "is not taken for an empty one by a machine that never saw it: no pack goes, and no answer is safe",
        arguments: [("snapshots", Status.failed), ("keys", .damaged)])
    func directory(part: String, status: Status) async throws {
        let project = try await project(without: part)
        let packs = try FileManager.default.subpathsOfDirectory(atPath: project.path + "/repository/packs")
        let prune = try await project.run("prune")
        #expect(prune.status == status && prune.error.contains("\(part)/"), "\(prune.error)")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: project.path + "/repository/packs") == packs)
        #expect(try await project.run("keys", "check").status == .unknown)
        #expect(try await project.run("policy", "simulate").status == .unknown)
    }

    @Test("is unknown to the deletion check also where its place stands empty, as one of which nothing is mounted does")
    func emptied() async throws {
        let project = try await project(without: "snapshots")
        try FileManager.default.createDirectory(
            atPath: project.path + "/repository/snapshots", withIntermediateDirectories: false)
        let check = try await project.run("keys", "check")
        #expect(
            check.status == .unknown && check.out.contains("prune --yes --full --cluster default"), "\(check.out)\(check.error)")
        #expect(try await project.run("keys", "audit").status == .criticalAlert)
        let status = try await project.run("status")
        #expect(status.out.contains("not one start record is listed"), "\(status.out)\(status.error)")
    }

    @Test("makes a look ahead unknown, also where it is one snapshot's manifest")
    func manifest() async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        #expect(try await project.run("policy", "simulate").status == .done)
        let name = "\(project.path)/repository/snapshots/\(id)/1"
        var bytes = try Data(contentsOf: URL(filePath: name))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: name))
        let run = try await project.run("policy", "simulate", "--json")
        #expect(run.status == .unknown)
        let cluster = try #require(try run.object.objects("clusters").first)
        #expect(try cluster.integer("unread") == 1)
        let help = try await project.run("policy", "simulate", "--help").out
        #expect(try DocumentedFieldsTests.untold(in: run.out, by: help) == [])
    }
}
