import Foundation
import Glibc
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

    @Test("has nothing that could call its keyring an older copy: what is disabled is enabled, and a CMK is made")
    func keyring() async throws {
        let project = try await ProjectRun()
        let cmk = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        for step in ["retire", "disable"] { #expect(try await project.run("keys", step, cmk).status == .done, "\(step)") }
        for command in [["keys", "enable", cmk], ["keys", "create"]] {
            let line = CommandLineRun()
            let environment = ["XDG_STATE_HOME": "/sys/none", "XDG_CACHE_HOME": project.path + "/cache"]
            #expect(await line.run(command, environment: environment, in: project.path) == .done, "\(command): \(line.error)")
            #expect(line.error.contains("not remembered, which keyring was used"), "\(line.error)")
        }
        let keyring = try String(contentsOfFile: project.path + "/keyring.json", encoding: .utf8)
        #expect(!keyring.contains("\"disabled\""))
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

    private func witness(of project: ProjectRun) throws -> String {
        let state = project.path + "/state/holdfast"
        let id = try #require(try FileManager.default.contentsOfDirectory(atPath: state).first { !$0.contains("alerts") })
        return "\(state)/\(id)/witness.sqlite"
    }

    private static let looks = ["restore latest --target there", "ls latest", "stats", "diff latest latest", "dump latest:"]

    @Test("and has a witness that is damaged restores all the same and says so; what is told by it is not told")
    func damaged() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let witness = try witness(of: project)
        var bytes = try Data(contentsOf: URL(filePath: witness))
        bytes.replaceSubrange(100..<400, with: Data(repeating: 7, count: 300))
        try bytes.write(to: URL(filePath: witness))
        for command in Self.looks {
            let words = command.split(separator: " ").map(String.init).map {
                $0 == "latest:" ? "latest:\(project.path)/source/a" : $0
            }
            let run = try await project.run(words)
            #expect(run.status == .done, "\(command): \(run.error)")
            #expect(run.error.contains("witness is damaged"), "\(command): \(run.error)")
        }
        for command in ["snapshots", "check", "prune", "backup source"] {
            let run = try await project.run(command.split(separator: " ").map(String.init))
            #expect(run.status == .damaged && run.error.contains("XDG_STATE_HOME"), "\(command): \(run.status) \(run.error)")
        }
    }

    /// Root lacks no right: so another user does it, who owns all of it.
    private static func giveAway(_ path: String) throws {
        guard geteuid() == 0 else { return }
        let names = try FileManager.default.subpathsOfDirectory(atPath: path).map { "\(path)/\($0)" }
        for name in [path] + names { try #require(unsafe lchown(name, 1000, 1000) == 0) }
        try #require(setegid(1000) == 0 && seteuid(1000) == 0)
    }

    @Test("any more, and has a witness that knows less than there is, tells what it reads, and that it does not remember it")
    func readOnlyWitness() async {
        await #expect(processExitsWith: .success) {
            let project = try await ProjectRun()
            _ = try await project.backUp("source")
            let witness = try Self().witness(of: project)
            let before = try Data(contentsOf: URL(filePath: witness))
            _ = try await project.backUp("source")
            try before.write(to: URL(filePath: witness))
            try Self.giveAway(project.path)
            try #require(unsafe chmod(witness, 0o400) == 0)
            let directory = URL(filePath: witness).deletingLastPathComponent().path
            try #require(unsafe chmod(directory, 0o500) == 0)
            for command in ["snapshots", "find a", "check", "hold list"] {
                let run = try await project.run(command.split(separator: " ").map(String.init))
                #expect(run.status == .done, "\(command): \(run.status) \(run.error)")
                #expect(run.error.contains("not remembered"), "\(command): \(run.error)")
            }
            for command in ["prune", "backup source", "check --accept key-log"] {
                let run = try await project.run(command.split(separator: " ").map(String.init))
                #expect(run.status == .failed, "\(command): \(run.status) \(run.error)")
            }
            _ = unsafe chmod(directory, 0o700)
        }
    }
}
