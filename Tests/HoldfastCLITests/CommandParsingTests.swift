import HoldfastCLI
import Testing

@Suite("The commands that restore, check and delete")
struct CommandParsingTests {
    private static let wrong: [(arguments: [String], hint: String)] = [
        (["restore", "latest"], "--target"),
        (["restore", ":/etc", "--target", "/t"], ":/etc"),
        (["restore", "latest", "--target", "/t", "--overwrite", "maybe"], "if-changed"),
        (["forget"], "snapshots"),
        (["forget", "--keep-last", "3"], "policy"),
        (["forget", "latest", "--keep-daily=7"], "policy"),
        (["forget", "latest", "--bogus"], "--bogus"),
        (["undelete", "0123456789"], "--until"),
        (["undelete", "0123456789", "--until", "2027-01-31", "--hold", "case"], "--until"),
        (["check", "10"], "--read-data"),
        (["check", "--read-data", "101"], "100"),
        (["keys", "create", String(repeating: "a", count: 257)], "256"),
    ]

    @Test("wrong usage is exit 64 and says what is wrong", arguments: wrong)
    func wrongUsage(arguments: [String], hint: String) async {
        let run = CommandLineRun()
        #expect(await run.run(arguments, in: "/nonexistent") == .usage)
        #expect(run.error.contains(hint))
        #expect(run.error.split(separator: "\n").count == 1)
    }

    @Test(
        "right usage goes on to look for the project file",
        arguments: [
            ["restore", "latest:/etc", "--target", "/t", "--overwrite", "if-newer", "--delete", "--verify", "--sparse", "-n"],
            ["extract", "0123456789ab", "--target", "/t", "--include", "*.txt", "--exclude", "b", "--node", "a", "--tag", "x"],
            ["dump", "latest:/etc/fstab"], ["check"], ["verify", "--read-data"], ["check", "--read-data", "10"],
            ["check", "--accept", "key-log"], ["forget", "0123456789", "latest", "--yes"], ["forget", "-n", "0123456789"],
            ["undelete", "0123456789", "--until", "2027-01-31"], ["undelete", "0123456789", "--hold", "case"],
            ["prune", "--yes", "-n", "--time", "2027-01-31"], ["unlock"], ["unlock", "0123456789"],
        ])
    func rightUsage(arguments: [String]) async {
        let run = CommandLineRun()
        #expect(await run.run(arguments, in: "/nonexistent") == .usage)
        #expect(run.error.contains("no project file"))
    }

    @Test(
        "each command's help has an example",
        arguments: [
            "init", "backup", "run", "snapshots", "snapshots expire", "ls", "find", "diff", "dump", "restore", "drill", "check",
            "forget",
            "undelete", "hold", "hold add", "hold release", "hold list", "policy", "policy show", "policy check", "policy apply",
            "policy simulate", "compliance", "compliance on", "prune", "unlock", "keys", "keys list", "keys create",
            "keys rotate", "keys retire", "keys check", "keys audit", "keys report", "keys rewrap", "keys disable", "keys enable",
            "keys delete", "keys cancel-deletion", "keys access", "keys access switch", "keys access policy", "keys region",
            "status", "stats", "catalog", "catalog rebuild", "version",
        ])
    func help(command: String) async {
        let run = CommandLineRun()
        #expect(await run.run(command.split(separator: " ").map(String.init) + ["--help"]) == .done)
        let example = run.out.split(separator: "\n").first { $0.hasPrefix("Example: ") || $0.hasPrefix("  Example: ") }
        #expect(example?.contains("holdfast \(command)") == true, "\(run.out)")
    }
}
