import Foundation
import HoldfastCLI
import Testing

/// The disk lost what the last rotation wrote, and there is no copy.
@Suite("A key log that has lost its end for good")
struct LostKeyLogTests {
    private func records(of project: ProjectRun) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: project.path + "/repository/keys").sorted()
    }

    @Test("W14: is followed by no command that appends to it, until it is accepted; each that stops at it tells the ways out")
    func waysOut() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let create = { try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines) }
        let (second, third) = (try await create(), try await create())
        #expect(try await project.run("keys", "rotate", "--to", second).status == .done)
        _ = try await project.backUp("source")
        for n in 2...3 { try FileManager.default.removeItem(atPath: "\(project.path)/repository/keys/\(n)") }
        for command in [
            ["keys", "rotate", "--to", third], ["keys", "retire", third], ["compliance", "on", "--min-keep", "7 days", "--yes"],
        ] {
            let run = try await project.run(command)
            #expect(run.status == .damaged && run.error.contains("the key log has 2 records, and had 4"), "\(run.error)")
        }
        #expect(try records(of: project) == ["0", "1"])
        let accepted = try await project.run("check", "--accept", "key-log")
        #expect(accepted.status == .damaged && accepted.out.contains("keys/2"), "\(accepted.out)\(accepted.error)")
        let backup = try await project.run("backup", "source")
        #expect(backup.status == .damaged && backup.error.contains("keys/2"), "\(backup.error)")
        #expect(backup.error.contains("check --accept key-log") && backup.error.contains("backup --base none"), "\(backup.error)")
        let prune = try await project.run("prune")
        #expect(prune.status == .damaged && prune.error.contains("keys/2"), "\(prune.out)\(prune.error)")
        #expect(prune.error.contains("check --accept key-log") && prune.error.contains("keys rotate"), "\(prune.error)")
        let check = try await project.run("keys", "check", second)
        #expect(check.status == .unknown || check.status == .blocked, "\(check.out)")
        #expect(check.out.contains("check --accept key-log") && check.out.contains("keys rotate"), "\(check.out)")
        let full = try await project.run("backup", "source", "--base", "none")
        #expect(full.status == .done, "\(full.error)")
        _ = try await project.backUp("source")
        #expect(try await project.run("prune").status == .damaged)
        // As long again as it was: nothing tells any more of what stood there.
        #expect(try await project.run("keys", "rotate", "--to", third).status == .done)
        #expect(try await project.run("prune").status == .done)
        #expect(try await !project.run("keys", "check", second).out.contains("keys/2"))
    }
}
