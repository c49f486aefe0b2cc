import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("A machine that can keep no state")
struct StateOutOfReachTests {
    /// Where nothing can be made; nil: no place is named at all.
    @Test("reads all the same, restores, and says what it lacks", arguments: ["/sys/none", "/proc/none", nil])
    func reads(place: String?) async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        var environment: [String: String] = [:]
        if let place { (environment["XDG_STATE_HOME"], environment["XDG_CACHE_HOME"]) = (place, place) }
        let commands = [
            "restore latest --target there", "ls latest", "snapshots", "stats", "find a", "diff latest latest", "check",
            "dump latest:\(project.path)/source/a",
        ]
        for command in commands {
            let line = CommandLineRun()
            let words = command.split(separator: " ").map(String.init)
            let status = await line.run(words, environment: environment, in: project.path)
            #expect(status == .done, "\(command): \(line.error)")
            #expect(line.error.contains("XDG_STATE_HOME"), "\(command): \(line.error)")
            if command == "snapshots" { #expect(line.out.contains(id.prefix(8))) }
        }
        #expect(try String(contentsOfFile: "\(project.path)/there\(project.path)/source/a", encoding: .utf8) == "one")
    }

    @Test("answers and deletes nothing that rests on what it has seen")
    func judges() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let cmk = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        for (command, statuses) in [
            ("keys check \(cmk) --prove", [Status.unknown, .failed]), ("keys delete \(cmk)", [.unknown, .failed]),
            ("prune", [.failed]), ("backup source", [.failed]),
        ] {
            let line = CommandLineRun()
            let words = command.split(separator: " ").map(String.init)
            let environment = ["XDG_STATE_HOME": "/sys/none", "XDG_CACHE_HOME": project.path + "/cache"]
            let status = await line.run(words, environment: environment, in: project.path)
            #expect(statuses.contains(status), "\(command): \(status) \(line.out)\(line.error)")
        }
    }

    @Test("takes no witness that it cannot look at for none")
    func hidden() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let state = project.path + "/state/holdfast"
        let id = try #require(try FileManager.default.contentsOfDirectory(atPath: state).first)
        try FileManager.default.removeItem(atPath: "\(state)/\(id)/witness.sqlite")
        try FileManager.default.createDirectory(atPath: "\(state)/\(id)/witness.sqlite", withIntermediateDirectories: true)
        #expect(try await project.run("check").status != .done)
    }
}
