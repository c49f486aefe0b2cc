import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

/// A project in a directory of its own, driven as a user drives it.
final class ProjectRun: Sendable {
    let path: String
    private let environment: [String: String]

    /// `environment` is added to what points Holdfast's own files into the project's directory.
    convenience init(_ arguments: String..., environment: [String: String] = [:]) async throws {
        try await self.init(arguments: arguments, environment: environment)
    }

    init(arguments: [String], environment: [String: String] = [:]) async throws {
        path = FileManager.default.temporaryDirectory.appending(path: "holdfast-cli-\(UUID().uuidString)").path
        let places = ["XDG_STATE_HOME": path + "/state", "XDG_CACHE_HOME": path + "/cache", "HOME": path]
        self.environment = environment.merging(places) { _, own in own }
        try FileManager.default.createDirectory(atPath: path + "/source/sub", withIntermediateDirectories: true)
        try write("one", to: "source/a")
        try write("two", to: "source/sub/b")
        let run = try await run(["init"] + (arguments.isEmpty ? ["--no-passphrase"] : arguments))
        #expect(run.status == .done, "\(run.error)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    struct Outcome {
        let status: Status
        let out: String
        let error: String

        var object: JSONObject { get throws { try JSONObject.parse(Array(out.utf8)) } }
        /// The last of several JSON lines.
        var lastLine: JSONObject {
            get throws { try JSONObject.parse(Array((out.split(separator: "\n").last ?? "").utf8)) }
        }
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    func run(_ arguments: String...) async throws -> Outcome { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> Outcome {
        let line = CommandLineRun()
        let status = await line.run(arguments, environment: environment, in: path)
        return Outcome(status: status, out: line.out, error: line.error)
    }

    /// Backs up and answers the snapshot's id.
    func backUp(_ arguments: String...) async throws -> String {
        let line = CommandLineRun()
        #expect(await line.run(["backup", "--json"] + arguments, environment: environment, in: path) == .done, "\(line.error)")
        let last = line.out.split(separator: "\n").last ?? ""
        return try JSONObject.parse(Array(last.utf8)).string("snapshot_id")
    }
}

@Suite("From init to diff")
struct EndToEndTests {
    @Test("a snapshot is listed, looked into, searched and compared")
    func looks() async throws {
        let project = try await ProjectRun()
        let first = try await project.backUp("source", "--tag", "x", "--node", "n")
        try project.write("three", to: "source/a")
        let second = try await project.backUp("source", "--node", "n")
        let list = try await project.run("snapshots", "--json", "--tag", "x")
        guard case .array(let rows) = try JSONValue.parse(Array(list.out.utf8)), case .object(let row) = rows.first else {
            return #expect(Bool(false), "\(list.out)")
        }
        #expect(rows.count == 1)
        #expect(try row.string("id") == first)
        #expect(try row.string("state") == "live")
        #expect(try row.strings("tags") == ["x"])
        let ls = try await project.run("ls", "\(first.prefix(8)):\(project.path)/source")
        #expect(ls.out == "\(project.path)/source/a\n\(project.path)/source/sub\n")
        let find = try await project.run("find", "b", "--snapshot", second)
        #expect(find.out == "\(second.prefix(8))  \(project.path)/source/sub/b\n")
        let diff = try await project.run("diff", first, second)
        #expect(diff.out.hasPrefix("M  \(project.path)/source/a\n"))
        #expect(try await project.run("stats", "--json").object.integer("snapshots") == 2)
        #expect(try await project.run("status").status == .done)
        #expect(try await project.run("catalog", "rebuild", "--json").object.integer("snapshots") == 2)
    }

    @Test("find looks into every snapshot that opens, and tells which ones do not", arguments: [false, true])
    func findBesideDamage(isJSON: Bool) async throws {
        let project = try await ProjectRun()
        let first = try await project.backUp("source", "--time", "2027-01-01")
        let second = try await project.backUp("source", "--time", "2027-01-02")
        let manifest = URL(filePath: "\(project.path)/repository/snapshots/\(first)/1")
        var bytes = try Data(contentsOf: manifest)
        bytes[bytes.count - 40] ^= 1
        try FileManager.default.removeItem(at: manifest)
        try bytes.write(to: manifest)
        let find = try await project.run(["find", "b"] + (isJSON ? ["--json"] : []))
        #expect(find.status == .damaged && find.error.contains(first.prefix(8)), "\(find.error)")
        #expect(find.out.contains(second.prefix(8)) && find.out.contains("\(project.path)/source/sub/b"), "\(find.out)")
        #expect(find.out.contains("exit_error") == isJSON)
    }

    @Test("keyless commands need no keyring; the others say that it is missing, exit 13")
    func withoutKeyring() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        try FileManager.default.removeItem(atPath: project.path + "/keyring.json")
        for command in ["snapshots", "stats", "status"] { #expect(try await project.run(command).status == .done, "\(command)") }
        #expect(try await project.run("ls", "latest").status == .keyManagerUnreachable)
    }

    @Test("without its repository every command ends with exit 10, and status says so with exit 6")
    func withoutRepository() async throws {
        let project = try await ProjectRun()
        try FileManager.default.removeItem(atPath: project.path + "/repository")
        for command in ["snapshots", "stats", "check"] {
            #expect(try await project.run(command).status == .noRepository, "\(command)")
        }
        #expect(try await project.run("status").status == .criticalAlert)
    }

    @Test("a missing path is exit 3 and a marked snapshot; where all are missing there is none")
    func missingPath() async throws {
        let project = try await ProjectRun()
        #expect(try await project.run("backup", "source", "nothing").status == .incomplete)
        #expect(try await project.run("backup", "nothing").status == .failed)
        #expect(try await project.run("stats", "--json").object.integer("snapshots") == 1)
    }

    @Test(
        "a command that fails, or gives nothing, leaves no snapshot",
        arguments: [["false"], ["true"], ["sh", "-c", "echo x; exit 2"]])
    func failingCommand(command: [String]) async throws {
        let project = try await ProjectRun()
        let line = CommandLineRun()
        let environment = ["XDG_STATE_HOME": project.path + "/state", "XDG_CACHE_HOME": project.path + "/cache"]
        let status = await line.run(["backup", "--from-command", "--"] + command, environment: environment, in: project.path)
        #expect(status == .failed)
        #expect(line.error.contains(command[0]))
        #expect(try await project.run("stats", "--json").object.integer("snapshots") == 0)
    }

    @Test("--time is taken for now, and --keep counts from it")
    func time() async throws {
        let project = try await ProjectRun()
        let run = try await project.run("backup", "source", "--time", "2055-01-31", "--keep", "2 days", "--json")
        #expect(try run.lastLine.string("expires") == "2055-02-02T00:00:00Z")
    }

    @Test("snapshots shows the expiry that is obeyed: what compliance demands, where that is later")
    func obeyedExpiry() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source", "--time", "2055-01-31", "--keep", "1 days")
        #expect(try await project.run("compliance", "on", "--min-keep", "2 days", "--yes").status == .done)
        let json = try await project.run("snapshots", "--json").out
        #expect(json.contains(#""expires":"2055-02-02T00:00:00Z""#), "\(json)")
        #expect(try await project.run("snapshots").out.contains("2055-02-02 00:00"))
    }

    @Test("a snapshot that vanished from the repository is a critical alert")
    func vanished() async throws {
        let project = try await ProjectRun()
        let id = try await project.backUp("source")
        try FileManager.default.removeItem(atPath: "\(project.path)/repository/snapshots/\(id)")
        let status = try await project.run("status")
        #expect(status.status == .criticalAlert)
        #expect(status.out.contains(id))
    }
}

@Suite("A project file that is wrong")
struct WrongProjectFileTests {
    @Test("is told with the fault, what to write instead, and its path as the object")
    func cure() async throws {
        let project = try await ProjectRun()
        let file = project.path + "/holdfast.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try project.write(text.replacing("policy: {}", with: "policy: {items: [{every: day}]}"), to: "holdfast.yaml")
        let check = try await project.run("policy", "check", "--json")
        #expect(check.status == .usage)
        #expect(check.error.contains("clusters.default.policy.items[0].keep: how long?; write keep: 7 days"), "\(check.error)")
        #expect(try check.object.string("message").contains("how long?; write keep: 7 days"))
        #expect(try check.object.string("object") == file, "\(check.out)")
    }

    @Test("against what was promised, too")
    func compliance() async throws {
        let project = try await ProjectRun()
        let promise = try await project.run("compliance", "on", "--min-keep", "2 days", "--yes")
        #expect(promise.status == .done, "\(promise.error)")
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        try project.write(text.replacing("policy: {}", with: "policy: {on_demand: 1 days}"), to: "holdfast.yaml")
        let check = try await project.run("policy", "check")
        #expect(check.status == .usage)
        let demand = "clusters.default.policy.on_demand: compliance demands 2 days at least"
        #expect(check.error.contains("\(demand); write on_demand: 2 days in the project file, or more"), "\(check.error)")
    }
}
