import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("Packs that cannot be listed")
struct UnlistedPacksTests {
    @Test(
        "with a file or a dead link in their place check names each, the next backup stores all again, and prune names the place and goes on",
        arguments: [true, false])
    func oddPlace(isFile: Bool) async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        let place = project.path + "/repository/packs/" + id
        let count = try FileManager.default.contentsOfDirectory(atPath: place).count
        try FileManager.default.removeItem(atPath: place)
        if isFile {
            try Data().write(to: URL(filePath: place))
        } else {
            try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: "nowhere")
        }
        let check = try await project.run("check", "--json")
        #expect(check.status == .damaged, "\(check.error)")
        #expect(try check.object.objects("errors").count { try $0.string("object").hasPrefix("packs/\(id)/") } == count)
        let next = try await project.backUp("source")
        #expect(try await project.run("restore", next, "--target", "out").status == .done)
        #expect(try await project.run("forget", id).status == .done)
        let prune = try await project.run("prune", "--time", "2099-01-01T00:00:00Z")
        #expect(prune.status == .damaged && prune.error.contains("packs/\(id)/"), "\(prune.error)")
        #expect(prune.out.contains("purged: \(id.prefix(8))"), "\(prune.out)")
        #expect(!FileManager.default.fileExists(atPath: project.path + "/repository/snapshots/" + id))
    }
}
