import Foundation
import Glibc
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

    /// All that Holdfast needs of a project's directory.
    private func own(_ project: ProjectRun) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: project.path)
        let own = names.filter { ["keyring.json", "holdfast.yaml", "words"].contains($0) || $0.hasPrefix("state/") }
        return own.reduce(into: [:]) { found, name in
            found[name] = FileManager.default.contents(atPath: "\(project.path)/\(name)") ?? Data()
        }
    }

    @Test("an older snapshot of the project's own directory brings back no older keyring, memory, passphrase or project file")
    func overTheProject() async throws {
        let project = try await ProjectRun()
        try project.write("passphrase", to: "words")
        let left = ["repository", "cache"].flatMap { ["--exclude", $0] }
        let first = try await project.run(["backup", "--json", project.path] + left).lastLine.string("snapshot_id")
        let cmk = try await project.run("keys", "create").out.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await project.run("keys", "rotate", "--to", cmk).status == .done)
        for name in ["words", "source/a"] { try project.write("newer", to: name) }
        _ = try await project.backUp("source")
        let before = try own(project)
        let restore = try await project.run(
            "restore", "\(first):\(project.path)", "--target", project.path, "--passphrase-file", "words")
        #expect(restore.status == .done, "\(restore.error)")
        #expect(try own(project) == before)
        #expect(try String(contentsOfFile: project.path + "/source/a", encoding: .utf8) == "one")
        for name in ["keyring.json", "words", "state/holdfast"] {
            #expect(restore.error.contains("not restored: \(project.path)/\(name)"), "\(restore.error)")
        }
        #expect(try await project.run("restore", "latest", "--target", "elsewhere").status == .done)
        let key = try await project.run("restore", "\(first):\(project.path)/keyring.json", "--target", project.path)
        #expect(key.status == .failed && key.error.contains("keyring.json"), "\(key.error)")
        #expect(try own(project) == before)
    }

    @Test("a target in a repository or in this machine's state is refused, and nothing is made there")
    func targetInRepository() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        try FileManager.default.createSymbolicLink(
            atPath: project.path + "/way", withDestinationPath: project.path + "/repository/packs")
        let before = try FileManager.default.subpathsOfDirectory(atPath: project.path)
        for target in ["repository", "repository/tmp/new/newer", "way/new", "state/holdfast"] {
            for options in [[], ["--dry-run"], ["--delete"]] {
                let restore = try await project.run(["restore", "latest", "--target", target] + options)
                #expect(restore.status == .failed && restore.error.contains("refused"), "\(target): \(restore.error)")
            }
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: project.path) == before)
    }

    /// Mounts a file system that nobody answers for, and lends it.
    private func withDeadMount(at path: String, _ body: () async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let device = unsafe open("/dev/fuse", O_RDWR | O_CLOEXEC)
        let options = "fd=\(device),rootmode=40000,user_id=\(getuid()),group_id=\(getgid())"
        guard device >= 0, unsafe mount("holdfast", path, "fuse", UInt(MS_NOSUID | MS_NODEV), options) == 0 else {
            return print("NOT TESTED: this process may not mount a FUSE file system")
        }
        // Whoever waits for an answer gets an error then.
        defer {
            close(device)
            _ = unsafe umount2(path, Int32(MNT_DETACH))
        }
        try await body()
    }

    @Test("another cluster's file server that is gone holds up no restore that only writes", .timeLimit(.minutes(20)))
    func deadServer() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        try project.write(
            text + "  other:\n    repository: \(project.path)/dead/repository\n    policy: {items: []}\n", to: "holdfast.yaml")
        try await withDeadMount(at: project.path + "/dead") {
            let words = ["restore", "latest", "--cluster", "default", "--target", "there"]
            async let restored = project.run(words)
            async let removing = project.run(words + ["--delete"])
            let (restore, delete) = try await (restored, removing)
            #expect(restore.status == .done, "\(restore.error)")
            #expect(delete.status == .failed, "\(delete.error)")
            for run in [restore, delete] {
                #expect(run.error.contains("cluster other does not answer: \(project.path)/dead/repository"), "\(run.error)")
            }
        }
    }

    @Test(
        "the memory and the passphrase that timers use stay, wherever whoever restores has theirs", arguments: [[], ["--delete"]])
    func othersState(options: [String]) async throws {
        let project = try await ProjectRun()
        try FileManager.default.createDirectory(atPath: project.path + "/credentials", withIntermediateDirectories: false)
        try project.write("passphrase", to: "credentials/holdfast")
        let left = ["repository", "cache"].flatMap { ["--exclude", $0] }
        let first = try await project.run(["backup", "--json", project.path] + left).lastLine.string("snapshot_id")
        try project.write("newer passphrase", to: "credentials/holdfast")
        _ = try await project.backUp("source")
        let before = try own(project)
        let line = CommandLineRun()
        let places = [
            "XDG_STATE_HOME": project.path + "/elsewhere", "XDG_CACHE_HOME": project.path + "/cache",
            "CREDENTIALS_DIRECTORY": project.path + "/credentials",
        ]
        let words = ["restore", "\(first):\(project.path)", "--target", project.path] + options
        #expect(await line.run(words, environment: places, in: project.path) == .done, "\(line.error)")
        #expect(try own(project) == before)
        #expect(try String(contentsOfFile: project.path + "/credentials/holdfast", encoding: .utf8) == "newer passphrase")
        #expect(line.error.contains("not restored: \(project.path)/state/holdfast/"), "\(line.error)")
    }

    /// The only memory of a repository below a directory of states.
    private func memory(in path: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return try #require(
            names.first { FileManager.default.fileExists(atPath: "\(path)/\($0)/witness.sqlite") }.map { "\(path)/\($0)" })
    }

    @Test("where this machine's state was lost, a restore brings its memory back, and not the empty one that it begins itself")
    func lostState() async throws {
        let project = try await ProjectRun()
        _ = try await project.backUp("source")
        let left = ["repository", "cache"].flatMap { ["--exclude", $0] }
        let words = ["backup", "--json", "--source", "all", project.path] + left
        let first = try await project.run(words).lastLine.string("snapshot_id")
        #expect(try await project.run("restore", "\(first):\(project.path)", "--target", "there").status == .done)
        try FileManager.default.removeItem(atPath: project.path + "/state")
        // What came to nothing, or only told, has begun an empty one.
        #expect(try await project.run("restore", "-n", "\(first):\(project.path)", "--target", project.path).status == .done)
        #expect(try await project.run("restore", "ffffffff", "--target", project.path).status != .done)
        let restore = try await project.run("restore", "\(first):\(project.path)", "--target", project.path)
        #expect(restore.status == .done, "\(restore.error)")
        let former = try memory(in: project.path + "/there/state/holdfast") + "/witness.sqlite"
        let found = try memory(in: project.path + "/state/holdfast") + "/witness.sqlite"
        let bytes = FileManager.default.contents(atPath: found)
        #expect(bytes != nil && bytes == FileManager.default.contents(atPath: former))
        #expect(!restore.error.contains("not restored: \(project.path)/state"), "\(restore.error)")
        #expect(try await project.run("backup", "source").status == .done)
    }

    @Test("a target in what timers remember is refused, wherever they keep it and by whatever link it is reached")
    func targetInOthersState() async throws {
        let project = try await ProjectRun()
        let first = try await project.backUp("source")
        let memory = try memory(in: project.path + "/state/holdfast")
        try FileManager.default.createSymbolicLink(atPath: project.path + "/way", withDestinationPath: memory)
        let before = try FileManager.default.subpathsOfDirectory(atPath: project.path + "/state")
        let places = ["XDG_STATE_HOME": project.path + "/elsewhere", "XDG_CACHE_HOME": project.path + "/cache"]
        for target in [memory, memory + "/new", "way", "way/new"] {
            let line = CommandLineRun()
            let status = await line.run(["restore", first, "--target", target], environment: places, in: project.path)
            #expect(status == .failed && line.error.contains("refused"), "\(target): \(line.error)")
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: project.path + "/state") == before)
    }
}
