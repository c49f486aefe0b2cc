import Foundation
import HoldfastCLI
import Testing

@Suite("An older copy of the keyring")
struct KeyringMemoryTests {
    private func create(in project: ProjectRun) async throws -> String {
        let run = try await project.run("keys", "create")
        #expect(run.status == .done, "\(run.error)")
        return run.out.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(
        "in place of a newer one is noticed by the machine that made the newer one, by whatever command",
        arguments: ["create", "rotate", "disable", "backup"])
    func noticed(last: String) async throws {
        let project = try await ProjectRun()
        let keyring = URL(filePath: project.path + "/keyring.json")
        if last != "create" { _ = try await project.backUp("source") }
        var old = try Data(contentsOf: keyring)
        let cmk = try await create(in: project)
        if last == "rotate" {
            old = try Data(contentsOf: keyring)
            #expect(try await project.run("keys", "rotate", "--to", cmk).status == .done)
        } else if last == "disable" {
            #expect(try await project.run("keys", "retire", cmk).status == .done)
            old = try Data(contentsOf: keyring)
            #expect(try await project.run("keys", "disable", cmk).status == .done)
        } else if last == "backup" {
            // Another machine made it, and this one only opens it.
            try FileManager.default.removeItem(atPath: project.path + "/state")
            _ = try await project.backUp("source")
        }
        #expect(try old != Data(contentsOf: keyring))
        try old.write(to: keyring)
        let audit = try await project.run("keys", "audit")
        #expect(audit.out.contains("older copy"), "\(audit.out)\(audit.error)")
        let later = try await project.run("keys", "create")
        #expect(later.status == .failed && later.error.contains("--accept keyring"), "\(later.error)")
        #expect(try await project.run("keys", "rotate", "--to", cmk).status == .failed)
        if last == "rotate" || last == "disable" {
            let enabled = try await project.run("keys", "enable", cmk)
            #expect(enabled.status == .failed && enabled.error.contains("--accept keyring"), "\(enabled.error)")
        }
        #expect(try Data(contentsOf: keyring) == old)
        let backup = try await project.run("backup", "source")
        #expect(backup.status == .done && backup.error.contains("older copy"), "\(backup.error)")
        #expect(try await project.run("restore", "latest", "--target", "there").status == .done)
        #expect(try await project.run("check", "--accept", "keyring").status == .done)
        _ = try await create(in: project)
    }

    private func projectOfTwo() async throws -> ProjectRun {
        let project = try await ProjectRun()
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let second = "clusters:\n  billing:\n    repository: ./billing\n"
        try project.write(text.replacingOccurrences(of: "clusters:\n", with: second), to: "holdfast.yaml")
        #expect(try await project.run("init").status == .done)
        return project
    }

    private func witnesses(of project: ProjectRun) throws -> [String] {
        let state = project.path + "/state/holdfast"
        let names = try FileManager.default.subpathsOfDirectory(atPath: state).filter { $0.hasSuffix("/witness.sqlite") }
        #expect(names.count == 2)
        return names.map { "\(state)/\($0)" }
    }

    private func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test("is not changed where one cluster's witness cannot be asked, and another knows better")
    func unasked() async throws {
        let project = try await projectOfTwo()
        _ = try await project.backUp("source", "--cluster", "default")
        let keyring = URL(filePath: project.path + "/keyring.json")
        let old = try Data(contentsOf: keyring)
        _ = try await create(in: project)
        let new = try Data(contentsOf: keyring)
        for witness in try witnesses(of: project) {
            try setMode(0o666, of: witness)
            for copy in [old, new] {
                try copy.write(to: keyring)
                let run = try await project.run("keys", "create")
                #expect(run.status != .done && run.error.contains("--accept keyring") == (copy == old), "\(run.error)")
                #expect(run.error.contains("others may write to the witness") || copy == old, "\(run.error)")
                #expect(try Data(contentsOf: keyring) == copy)
            }
            try setMode(0o600, of: witness)
        }
        _ = try await create(in: project)
    }

    @Test(
        "is not what a CMK waits for that is to be had back: that goes on where one cluster's witness cannot be asked, which is told",
        arguments: ["enable", "cancel-deletion"])
    func hadBack(command: String) async throws {
        let project = try await projectOfTwo()
        let cmk = try await create(in: project)
        let steps = command == "enable" ? ["retire", "disable"] : ["delete"]
        for step in steps {
            let run = try await project.run("keys", step, cmk)
            #expect(run.status == .done, "\(step): \(run.out)\(run.error)")
        }
        let witness = try #require(try witnesses(of: project).first)
        try setMode(0o666, of: witness)
        #expect(try await project.run("keys", "create").status != .done)
        let run = try await project.run("keys", command, cmk)
        #expect(run.error.contains("others may write to the witness"), "\(run.error)")
        // The key log of that cluster is left.
        #expect((run.status == .done) == (command == "enable"), "\(run.status) \(run.out)\(run.error)")
        let keyring = try String(contentsOfFile: project.path + "/keyring.json", encoding: .utf8)
        #expect(!keyring.contains("\"disabled\"") && !keyring.contains("\"pending_deletion\""))
        try setMode(0o600, of: witness)
        if command != "enable" { #expect(try await project.run("keys", command, cmk).status == .done) }
    }

    @Test("is accepted where no store can be read, and where none of several clusters is named", arguments: [true, false])
    func acceptedAlone(isNamed: Bool) async throws {
        let project = try await projectOfTwo()
        let keyring = URL(filePath: project.path + "/keyring.json")
        let old = try Data(contentsOf: keyring)
        _ = try await create(in: project)
        try old.write(to: keyring)
        #expect(try await project.run("keys", "create").status == .failed)
        if isNamed { try FileManager.default.moveItem(atPath: project.path + "/repository", toPath: project.path + "/away") }
        let accept = ["check", "--accept", "keyring"] + (isNamed ? ["--cluster", "default"] : [])
        let run = try await project.run(accept)
        #expect(run.status == .done && run.error.contains("nothing was checked"), "\(run.status) \(run.error)")
        #expect(try await project.run(accept + ["--read-data"]).status != .done, "that was asked for as well")
        _ = try await create(in: project)
    }

    @Test("is told from one whose edition is damaged: nobody remembers what was not proven by its MAC")
    func unproven() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let keyring = URL(filePath: project.path + "/keyring.json")
        let good = try Data(contentsOf: keyring)
        let text = String(decoding: good, as: UTF8.self)
        let damaged = text.replacing(#/"generation":(\d+)/#) { "\"generation\":9\($0.output.1)" }
        #expect(damaged != text)
        try Data(damaged.utf8).write(to: keyring)
        _ = try await project.run("keys", "check")
        _ = try await project.run("keys", "audit")
        #expect(try await project.run("keys", "create").status != .done)
        try good.write(to: keyring)
        _ = try await create(in: project)
    }
}
