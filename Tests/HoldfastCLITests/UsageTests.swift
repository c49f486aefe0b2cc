import Foundation
import HoldfastCLI
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("The command line")
struct UsageTests {
    @Test(
        "wrong usage is exit 64 and one line, as JSON too",
        arguments: [
            ["bogus"], ["backup", "--keep", "7d", "/x"], ["backup", "--compression", "0", "/x"], ["version", "--time", "soon"],
            ["backup", "--node", "a/b", "/x"], ["backup", "--source", String(repeating: "s", count: 129), "/x"],
            ["run", "--node", "a\n"],
            ["backup", "--stdin-filename", "x", "/x"], ["snapshots", "expire", "latest", "--at", "9999-12-31T23:59:59-23:59"],
        ])
    func wrongUsage(arguments: [String]) async {
        let run = CommandLineRun()
        #expect(await run.run(arguments + ["--json"]) == .usage)
        #expect(run.error.hasPrefix("holdfast: "))
        #expect(run.error.split(separator: "\n").count == 1 && !run.error.contains("project file"), "\(run.error)")
        #expect(run.out.hasPrefix(#"{"message_type":"exit_error","code":64,"#))
    }

    @Test(
        "nothing is kept for over 100 years by a command line, and it says how long is right",
        arguments: [
            ["backup", "/x", "--keep"], ["compliance", "on", "--min-keep"], ["keys", "delete", "local:x/y", "--waiting-period"],
        ], ["101 years", "36500 weeks"])
    func longPeriods(command: [String], period: String) async {
        let run = CommandLineRun()
        #expect(await run.run(command + [period]) == .usage)
        #expect(run.error.contains("\(Period.rule), up to 100 years"))
        let within = CommandLineRun()
        #expect(await within.run(command + ["100 years"], in: "/nonexistent") == .usage)
        #expect(within.error.contains("no project file"))
    }

    @Test(
        "a stream's name that no entry can have is refused before anything is looked for",
        arguments: [
            ["--stdin", "--stdin-filename", "./dump.sql"], ["--from-command", "--stdin-filename", "a//b", "--", "true"],
        ])
    func streamName(arguments: [String]) async {
        let run = CommandLineRun()
        #expect(await run.run(["backup"] + arguments) == .usage)
        #expect(run.error.contains(StreamName.rule))
    }

    @Test("help is data and no failure")
    func help() async {
        let run = CommandLineRun()
        #expect(await run.run(["--help"]) == .done)
        #expect(run.out.contains("backup"))
        #expect(run.error.isEmpty)
    }

    @Test("an answer that finds no room on standard output is a failure; a reader that has gone is none")
    func closedOutput() async {
        let full = CommandLineRun()
        #expect(await full.run(["--help"], outputCode: ENOSPC) == .noSpace)
        #expect(full.error.hasPrefix("holdfast: ") && full.error.contains("/dev/stdout"))
        let unread = CommandLineRun()
        #expect(await unread.run(["--help"], outputCode: EPIPE) == .outputClosed)
        #expect(unread.error.isEmpty)
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
        let fake = FakeS3(now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) })
        let user = fake.createUser()
        // A server that does not say where its bucket is.
        try await fake.serving { url in
            let environment = [
                "HOME": directory, "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret,
                "AWS_ENDPOINT_URL_S3": url, "AWS_EC2_METADATA_DISABLED": "true",
            ]
            let run = CommandLineRun()
            let arguments = ["init", "--repository", "s3://vault/shop", "--no-passphrase"]
            #expect(await run.run(arguments, environment: environment, in: directory) == .usage)
            #expect(
                run.error
                    == "holdfast: no Region is named for the bucket: s3://vault/shop: add --region REGION, or set AWS_REGION\n",
                "\(run.error)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
    }
}
