import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("What a restore leaves alone")
struct RestoreCommandTests {
    @Test("--delete over the project itself removes neither repository nor keyring, project file, passphrase or state")
    func deletesOverTheProject() async throws {
        let project = try await ProjectRun()
        try FileManager.default.createDirectory(atPath: project.path + "/source/old", withIntermediateDirectories: true)
        try project.write("passphrase", to: "words")
        let left = ["repository", "keyring*", "holdfast.yaml", "words", "state", "cache"]
        let backup = try await project.run(["backup", project.path] + left.flatMap { ["--exclude", $0] })
        #expect(backup.status == .done, "\(backup.error)")
        try project.write("extra", to: "source/old/extra")
        let restore = try await project.run(
            "restore", "latest:" + project.path, "--target", project.path, "--delete", "--passphrase-file", "words")
        #expect(restore.status == .done, "\(restore.error)")
        let names = try FileManager.default.contentsOfDirectory(atPath: project.path)
        #expect(
            Set(names).isSuperset(of: ["repository", "keyring.json", "holdfast.yaml", "words", "state", "source"]), "\(names)")
        #expect(restore.error.contains("not removed: \(project.path)/repository"), "\(restore.error)")
        #expect(!FileManager.default.fileExists(atPath: project.path + "/source/old/extra"))
        let check = try await project.run("check", "--read-data")
        #expect(check.status == .done, "\(check.error)")
    }
}
