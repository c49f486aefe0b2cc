import Foundation
import HoldfastCLI
import Testing

@Suite("What a command has appended")
struct ObservedActsTests {
    /// A command, and what has to be done before it; `ID` stands for the snapshot's id, `CMK` for a new CMK's URI.
    struct Act: Sendable, CustomTestStringConvertible {
        let command: String
        var after: [String] = []

        var testDescription: String { command }
    }

    /// Of key log and snapshots' logs.
    private func records(of project: ProjectRun) throws -> Set<String> {
        let names = try FileManager.default.subpathsOfDirectory(atPath: project.path + "/repository")
        return Set(names.filter { $0.contains(/^(keys|snapshots\/.*)\/[0-9]+$/) })
    }

    @Test(
        "W14: is missed at once where the last record of it is hidden",
        arguments: [
            Act(command: "hold add case-7 ID"), Act(command: "hold release case-7", after: ["hold add case-7 ID"]),
            Act(command: "forget ID"), Act(command: "undelete ID --until 2099-01-01", after: ["forget ID"]),
            Act(command: "snapshots expire ID --at 2099-01-01"), Act(command: "compliance on --min-keep 2·days --yes"),
            Act(command: "keys retire CMK"), Act(command: "keys rotate --to CMK"),
            Act(command: "keys delete CMK", after: ["keys retire CMK"]),
            Act(command: "keys cancel-deletion CMK", after: ["keys retire CMK", "keys delete CMK"]),
        ])
    func missed(_ act: Act) async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        let cmk = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        func run(_ command: String) async throws {
            let names = ["ID": id, "CMK": cmk]
            let words = command.split(separator: " ").map(String.init).map { names[$0] ?? $0.replacing("·", with: " ") }
            let run = try await project.run(words)
            #expect(run.status == .done, "\(command): \(run.out)\(run.error)")
        }
        for command in act.after { try await run(command) }
        let before = try records(of: project)
        try await run(act.command)
        let added = try records(of: project).subtracting(before)
        let last = try #require(added.max { $0.compare($1, options: .numeric) == .orderedAscending })
        try FileManager.default.removeItem(atPath: "\(project.path)/repository/\(last)")
        let check = try await project.run("check")
        #expect(check.status == .damaged && check.out.contains("alarm  witness"), "\(check.out)\(check.error)")
    }

    @Test(
        "W14: is missed at once also where the same command failed at the next snapshot, and is told as JSON",
        arguments: [
            Act(command: "hold add case-7"), Act(command: "hold release case-7", after: ["hold add case-7"]),
            Act(command: "snapshots expire --at 2099-01-01"),
        ])
    func missedOfFirst(_ act: Act) async throws {
        let project = try await ProjectRun()
        let ids = [try await project.backUp("source"), try await project.backUp("source")].sorted()
        func run(_ command: String, _ options: String...) async throws -> ProjectRun.Outcome {
            try await project.run(command.split(separator: " ").map(String.init) + ids + options)
        }
        for command in act.after { #expect(try await run(command).status == .done) }
        let files = FileManager.default
        // Nothing is appended to a log with a gap.
        let log = "\(project.path)/repository/snapshots/\(ids[1])"
        try files.moveItem(atPath: "\(log)/1", toPath: "\(log)/9")
        let before = try records(of: project)
        let failed = try await run(act.command, "--json")
        #expect(failed.status == .damaged && failed.out.contains(ids[0].prefix(8)), "\(failed.out)\(failed.error)")
        let last = try #require(try records(of: project).subtracting(before).first)
        #expect(last.hasPrefix("snapshots/\(ids[0])/"))
        try files.removeItem(atPath: "\(project.path)/repository/\(last)")
        let check = try await project.run("check")
        let alarms = check.out.split(separator: "\n").filter { $0.contains("alarm  witness") }
        #expect(alarms.contains { $0.contains(ids[0]) }, "\(check.out)\(check.error)")
    }
}
