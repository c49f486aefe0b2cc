import Foundation
import HoldfastCLI
import Testing

@Suite("The command line")
struct UsageTests {
    @Test(
        "wrong usage is exit 64 and one line, as JSON too",
        arguments: [
            ["bogus"], ["backup", "--keep", "7d", "/x"], ["backup", "--compression", "0", "/x"], ["version", "--time", "soon"],
        ])
    func wrongUsage(arguments: [String]) async {
        let run = CommandLineRun()
        #expect(await run.run(arguments + ["--json"]) == .usage)
        #expect(run.error.hasPrefix("holdfast: "))
        #expect(run.error.split(separator: "\n").count == 1)
        #expect(run.out.hasPrefix(#"{"message_type":"exit_error","code":64,"#))
    }

    @Test("help is data and no failure")
    func help() async {
        let run = CommandLineRun()
        #expect(await run.run(["--help"]) == .done)
        #expect(run.out.contains("backup"))
        #expect(run.error.isEmpty)
    }

    @Test("without a project file the message says how to write one")
    func noProject() async {
        let run = CommandLineRun()
        #expect(await run.run(["backup", "/etc"], in: "/nonexistent") == .usage)
        #expect(run.error.contains("holdfast init"))
    }

    @Test(
        "a CMK that only a project file says how to reach is no beginning of one",
        arguments: ["exec:vault/k", "pkcs11:backup/01", "local:x/y"])
    func unreachableCMK(uri: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let run = CommandLineRun()
        #expect(await run.run(["init", "--cmk", uri], in: directory) == .usage)
        #expect(run.error.contains("KEY_MANAGERS.md"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
    }

    @Test("a bucket without a Region is told the option that names one, before anything is made")
    func noRegion() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "usage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let run = CommandLineRun()
        let arguments = ["init", "--repository", "s3://backups/shop", "--no-passphrase"]
        #expect(await run.run(arguments, environment: ["HOME": directory], in: directory) == .usage)
        #expect(
            run.error
                == "holdfast: no Region is named for the bucket: s3://backups/shop: add --region REGION, or set AWS_REGION\n",
            "\(run.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
    }
}
