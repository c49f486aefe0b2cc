import Foundation
import HoldfastCLI
import HoldfastFormat
import Testing

@Suite("holdfast drill")
struct DrillCommandTests {
    private func project(_ drill: String = "") async throws -> ProjectRun {
        let project = try await ProjectRun()
        if !drill.isEmpty {
            let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
            try project.write(text + "drill: \(drill)\n", to: "holdfast.yaml")
        }
        return project
    }

    private static func drilled(_ run: ProjectRun.Outcome) throws -> [JSONObject] {
        try run.out.split(separator: "\n").map { try JSONObject.parse(Array($0.utf8)) }
            .filter { try $0.string("message_type") == "drilled" }
    }

    /// All that lies in the project's directory, but for Holdfast's own state.
    private func files(_ project: ProjectRun) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: project.path).filter { !$0.hasPrefix("state/") })
    }

    @Test("a snapshot is restored, compared and thrown away, and status knows")
    func passes() async throws {
        let project = try await project()
        let none = try await project.run("drill")
        #expect(none.status == .done && none.out.contains("has no snapshot"))
        #expect(try await project.run("status").out.contains("never"))
        let id = try await project.backUp("source", "--node", "n")
        let before = try files(project)
        let run = try await project.run("drill", "--json")
        #expect(run.status == .done, "\(run.error)")
        #expect(try files(project) == before)
        let drilled = try #require(try Self.drilled(run).first)
        #expect(try drilled.string("snapshot_id") == id && drilled.string("outcome") == "passed")
        #expect(try run.lastLine.string("message_type") == "summary")
        let status = try await project.run("status")
        #expect(status.status == .done && !status.out.contains("never") && !status.out.contains("nothing shows"))
    }

    @Test("an old CMK that a snapshot needs is tried too, and one that is gone is exit 14 and an alert")
    func oldCMK() async throws {
        let project = try await project()
        let status = try await project.run("status", "--json").out
        let old = try #require(status.firstMatch(of: /local:[0-9a-f\/]+/).map { String($0.output) })
        let first = try await project.backUp("source", "--node", "n")
        let new = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await project.run("keys", "rotate", "--to", new).status == .done)
        let second = try await project.backUp("source", "--node", "n")
        let both = try Self.drilled(try await project.run("drill", "--json"))
        #expect(try both.map { try $0.string("snapshot_id") } == [second, first])
        #expect(try both.map { try $0.string("cmk") } == [new, old])
        #expect(try await project.run("debug", "keyring", "destroy", old).status == .done)
        let run = try await project.run("drill")
        #expect(run.status == .cmkUnavailable && run.error.contains("cluster default") && run.error.contains(old), "\(run.error)")
        #expect(run.out.contains("drill failed: 1 of 2 snapshots"))
        let after = try await project.run("status")
        #expect(after.status == .criticalAlert && after.out.contains("could not restore default"), "\(after.out)")
    }

    @Test("damage is exit 15, names the path, and is an alert in status and keys audit until a drill of the whole cluster passes")
    func damage() async throws {
        let project = try await project()
        let id = try await project.backUp("source", "--node", "n")
        let packs = project.path + "/repository/packs/\(id)"
        let whole = try FileManager.default.contentsOfDirectory(atPath: packs).map { packs + "/" + $0 }
        let contents = try whole.map { ($0, try Data(contentsOf: URL(filePath: $0))) }
        for (path, data) in contents {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            try Data(data.map { $0 ^ 1 }).write(to: URL(filePath: path))
        }
        let run = try await project.run("drill", "--json")
        #expect(run.status == .damaged, "\(run.error)")
        #expect(try run.lastLine.integer("exit_code") == 15)
        for command in [["status"], ["keys", "audit"]] {
            let alert = try await project.run(command)
            #expect(alert.status == .criticalAlert && alert.out.contains("could not restore default"), "\(alert.out)")
        }
        for (path, data) in contents { try data.write(to: URL(filePath: path)) }
        #expect(try await project.run("drill", "--snapshot", id).status == .done)
        #expect(try await project.run("status").status == .criticalAlert)
        #expect(try await project.run("drill").status == .done)
        #expect(try await project.run("status").status == .done)
    }

    /// Changes every pack of a snapshot, or changes them back.
    private func harm(_ id: String, in project: ProjectRun) throws {
        let packs = project.path + "/repository/packs/\(id)"
        for path in try FileManager.default.contentsOfDirectory(atPath: packs).map({ packs + "/" + $0 }) {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let data = try Data(contentsOf: URL(filePath: path))
            try Data(data.map { $0 ^ 1 }).write(to: URL(filePath: path))
        }
    }

    @Test("a key manager that does not answer has shown nothing: the drill is unfinished, and no alert says that it failed")
    func silence() async throws {
        let project = try await project()
        _ = try await project.backUp("source", "--node", "n")
        let keyring = project.path + "/keyring.json"
        try FileManager.default.moveItem(atPath: keyring, toPath: keyring + ".away")
        let run = try await project.run("drill", "--json")
        #expect(run.status == .keyManagerUnreachable, "\(run.error)")
        #expect(try Self.drilled(run).map { try $0.string("outcome") } == ["unfinished"])
        try FileManager.default.moveItem(atPath: keyring + ".away", toPath: keyring)
        let status = try await project.run("status")
        #expect(!status.out.contains("could not restore"), "\(status.out)")
    }

    @Test("a snapshot that failed by its name is opened by each drill of the cluster, until it passes or is gone")
    func owed() async throws {
        let project = try await project()
        try FileManager.default.createDirectory(atPath: project.path + "/other", withIntermediateDirectories: true)
        try project.write("old", to: "other/a")
        let old = try await project.backUp("other", "--node", "n")
        try project.write("something else", to: "other/a")
        let new = try await project.backUp("other", "--node", "n", "--base", "none")
        try harm(old, in: project)
        #expect(try await project.run("drill").status == .done)
        #expect(try await project.run("drill", "--snapshot", old).status == .damaged)
        let run = try await project.run("drill", "--json")
        #expect(run.status == .damaged)
        #expect(try Self.drilled(run).map { try $0.string("snapshot_id") } == [new, old])
        #expect(try await project.run("status").status == .criticalAlert)
        try harm(old, in: project)
        #expect(try await project.run("drill").status == .done)
        #expect(try await project.run("status").status == .done)
        #expect(try Self.drilled(try await project.run("drill", "--json")).count == 1)
    }

    @Test("what was found is remembered where nobody can be told, and every cluster is tried")
    func closedOutput() async throws {
        let project = try await project()
        try harm(try await project.backUp("source", "--node", "n"), in: project)
        let line = CommandLineRun()
        let environment = [
            "XDG_STATE_HOME": project.path + "/state", "XDG_CACHE_HOME": project.path + "/cache", "HOME": project.path,
        ]
        let status = await line.run(["drill", "--json"], environment: environment, in: project.path, outputCode: 32)
        #expect(status == .outputClosed)
        let told = try await project.run("status")
        #expect(told.status == .criticalAlert && told.out.contains("could not restore default"), "\(told.out)")
    }

    @Test("with --if-due it runs when it is due, and the alert comes when one was missed")
    func due() async throws {
        let project = try await project("{every: 7 days, sample: 5 %}")
        _ = try await project.backUp("source", "--node", "n", "--time", "2055-01-01", "--keep", "1 years")
        func run(_ day: String, _ words: String...) async throws -> ProjectRun.Outcome {
            try await project.run(words + ["--time", day])
        }
        let never = try await run("2055-01-01", "status")
        #expect(never.status == .done && never.out.contains("warning: nothing has shown yet"))
        #expect(try await run("2055-01-01", "drill", "--if-due").out.contains("drill passed"))
        #expect(try await run("2055-01-07", "drill", "--if-due").out.contains("no drill is due"))
        #expect(try await run("2055-01-14", "status").status == .done)
        #expect(try await run("2055-01-15", "status").status == .criticalAlert)
        #expect(try await run("2055-01-15", "drill", "--if-due").out.contains("drill passed"))
        #expect(try await run("2055-01-15", "status").status == .done)
    }

    @Test("where the project file names another machine, this one neither drills what is due nor misses it")
    func host() async throws {
        let project = try await project("{every: 7 days, host: elsewhere}")
        _ = try await project.backUp("source", "--node", "n")
        #expect(try await project.run("drill", "--if-due").out.contains("no drill is due here"))
        let status = try await project.run("status")
        #expect(status.status == .done && status.out.contains("watched on elsewhere") && !status.out.contains("warning"))
        #expect(try await project.run("drill").out.contains("drill passed"))
    }

    @Test("what this machine remembers of drills and cannot be read is told, and keeps none from running")
    func memory() async throws {
        let project = try await project("{every: 7 days}")
        _ = try await project.backUp("source", "--node", "n")
        #expect(try await project.run("drill").status == .done)
        let state = try FileManager.default.subpathsOfDirectory(atPath: project.path + "/state").first {
            $0.hasSuffix("drills.sqlite")
        }
        let file = "state/" + (try #require(state))
        try project.write(String(repeating: "no database ", count: 1000), to: file)
        let run = try await project.run("drill", "--if-due")
        #expect(
            run.status != .done && run.error.contains("drills.sqlite") && run.out.contains("1 of 1 snapshots"), "\(run.error)")
        let status = try await project.run("status")
        #expect(status.status == .criticalAlert && status.out.contains("drills is damaged"), "\(status.out)")
        #expect(status.out.contains("drills.sqlite") && !status.out.contains("witness"), "\(status.out)")
    }

    @Test("a cluster that cannot be read keeps the others from nothing, and counts")
    func clusters() async throws {
        let project = try await project()
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let second = "clusters:\n  billing:\n    repository: ./billing\n"
        try project.write(text.replacingOccurrences(of: "clusters:\n", with: second), to: "holdfast.yaml")
        #expect(try await project.run("init").status == .done)
        _ = try await project.backUp("source", "--node", "n", "--cluster", "default")
        try FileManager.default.removeItem(atPath: project.path + "/billing")
        let run = try await project.run("drill")
        #expect(run.status == .noRepository)
        #expect(run.error.contains("cluster billing: no repository there"), "\(run.error)")
        #expect(run.out.contains("billing: drill unfinished") && run.out.contains("default: drill passed"), "\(run.out)")
        #expect(try await project.run("drill", "--cluster", "default").status == .done)
        #expect(try await !project.run("status").out.contains("could not restore billing"))
    }

    @Test("it restores below the directory that is named, and touches nothing that is there")
    func into() async throws {
        let project = try await project()
        _ = try await project.backUp("source", "--node", "n")
        try FileManager.default.createDirectory(atPath: project.path + "/place", withIntermediateDirectories: true)
        try project.write("mine", to: "place/a")
        #expect(try await project.run("drill", "--into", "./place").status == .done)
        #expect(try FileManager.default.contentsOfDirectory(atPath: project.path + "/place") == ["a"])
        let file = try await project.run("drill", "--into", "./place/a")
        #expect(file.status == .failed && file.error.contains("place/a"), "\(file.error)")
    }

    @Test(
        "wrong usage is exit 64",
        arguments: [
            ["--all", "--sample", "1 GiB"], ["--sample", "some"], ["--if-due", "--snapshot", "0123456789"], ["--if-due"],
            ["--cluster", "none"], ["--snapshot", "x"],
        ])
    func usage(options: [String]) async throws {
        let project = try await project()
        #expect(try await project.run(["drill"] + options).status == .usage)
    }

    @Test(
        "what ends before a snapshot was opened shows nothing, and raises no alert",
        arguments: [
            ["--snapshot", "deadbeef"], ["--into", "./source/a"], ["--into", "/proc/none/none"],
            ["--passphrase-file", "./source/a"],
        ])
    func mistakes(options: [String]) async throws {
        let words = FileManager.default.temporaryDirectory.appending(path: "holdfast-words-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: words) }
        let attributes = [FileAttributeKey.posixPermissions: 0o600]
        #expect(
            FileManager.default.createFile(atPath: words, contents: Data("correct horse battery".utf8), attributes: attributes))
        let project = try await ProjectRun("--repository", "./repository", environment: ["HOLDFAST_PASSPHRASE_FILE": words])
        _ = try await project.backUp("source", "--node", "n")
        try FileManager.default.setAttributes(attributes, ofItemAtPath: project.path + "/source/a")
        #expect(try await project.run("drill").status == .done)
        let run = try await project.run(["drill"] + options)
        #expect(run.status != .done && run.out.contains("drill unfinished"), "\(run.out)\(run.error)")
        let status = try await project.run("status")
        #expect(status.status == .done && !status.out.contains("could not restore"), "\(status.out)")
        try FileManager.default.moveItem(atPath: project.path + "/repository", toPath: project.path + "/away")
        #expect(try await project.run("drill").status == .noRepository)
        try FileManager.default.moveItem(atPath: project.path + "/away", toPath: project.path + "/repository")
        #expect(try await project.run("status").status == .done)
    }
}
