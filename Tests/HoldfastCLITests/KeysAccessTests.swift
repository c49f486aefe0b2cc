import Foundation
import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("How a project reaches AWS")
struct KeysAccessTests {
    @Test("is shown, with a warning of static credentials")
    func shown() async throws {
        try await AWSProjectRun.run { project, _ in
            let text = try await project.run("keys", "access")
            #expect(text.status == .done, "\(text.error)")
            #expect(text.out.contains("identity     arn:aws:iam::111122223333:user/op"))
            #expect(text.out.contains("warning: static credentials (environment) last until people revoke them"))
            let json = try await project.run("keys", "access", "--json").object
            let way = try #require(json.objects("ways").first)
            #expect(try way.string("source") == "environment" && way.bool("static"))
            #expect(way["role"] == .null && way["problem"] == .null)
        }
    }

    @Test("is shown as far as it goes where there is no access")
    func problem() async throws {
        try await AWSProjectRun.run { project, _ in
            try project.write(try project.file.replacing("region: us-east-1", with: "region: us-east-1, role: \(Self.missing)"))
            let text = try await project.run("keys", "access", "--json")
            #expect(text.status == .cmkUnavailable, "\(text.error)")
            let way = try #require(text.object.objects("ways").first)
            #expect(try way.string("problem").contains("denied") && way.string("role") == Self.missing)
        }
    }

    private static let missing = "arn:aws:iam::111122223333:role/missing"

    @Test("changes to a role that was tried, and nothing else in the file changes")
    func switched() async throws {
        try await AWSProjectRun.run { project, cmk in
            let role = project.fake.createRole("holdfast", externalID: "7f3a")
            let before = try project.file
            project.fake.forget()
            let dry = try await project.run("keys", "access", "switch", "--role", role, "--external-id", "7f3a", "-n")
            #expect(dry.status == .done && dry.out.contains("would be"), "\(dry.error)")
            #expect(try project.file == before)
            #expect(
                ["AssumeRole", "DescribeKey", "Encrypt", "Decrypt"].allSatisfy { project.fake.log.contains("us-east-1 \($0)") })
            let run = try await project.run("keys", "access", "switch", "--role", role, "--external-id", "7f3a", "--json")
            #expect(run.status == .done, "\(run.error)")
            #expect(try run.object.string("identity").contains(":assumed-role/holdfast/"))
            let tried = try #require(run.object.objects("cmks").first)
            #expect(try tried.string("uri") == cmk.uri && tried.strings("tried") == ["describe", "wrap", "unwrap"])
            #expect(try run.object.strings("left").contains { $0.contains("static credentials") })
            let after = try project.file
            #expect(after.contains(role) && after.contains("7f3a"))
            #expect(Self.comments(after) == Self.comments(before))
            #expect(try await project.run("backup", "source").status == .done)
            let shown = try await project.run("keys", "access")
            #expect(shown.out.contains("role         \(role), external id 7f3a") && shown.out.contains("assumed with"))
            let back = try await project.run("keys", "access", "switch", "--static")
            #expect(back.status == .done && back.out.contains("WARNING: static credentials"), "\(back.error)")
            let kept = ", external_id: 7f3a, trusted_roles: [\(role)]"
            #expect(try project.file.replacing(kept, with: "") == before)
        }
    }

    @Test("keeps the roles that it leaves, each once, and the one that is in use not among them")
    func former() async throws {
        try await AWSProjectRun.run { project, _ in
            let (one, two) = (project.fake.createRole("one", externalID: "7f3a"), project.fake.createRole("two"))
            for (role, kept) in [(one, []), (two, [one]), (one, [two])] {
                let run = try await project.run("keys", "access", "switch", "--role", role, "--external-id", "7f3a", "--json")
                #expect(try run.object.strings("trusted_roles") == kept, "\(run.error)")
            }
            let other = try await project.run("keys", "access", "switch", "--role", two)
            #expect(other.out.contains("\(one) will be assumed with external id none"), "\(other.out)\(other.error)")
            let shown = try await project.run("keys", "access")
            #expect(shown.out.contains("  trusted      \(one), for what was wrapped through it"), "\(shown.out)")
        }
    }

    @Test("assumes one role once for AWS KMS and S3, and once more where they are reached from different Regions")
    func once() async throws {
        try await AWSProjectRun.run { project, _ in
            let role = project.fake.createRole("holdfast")
            let text = try project.file.replacing("region: us-east-1", with: "region: us-east-1, role: \(role)")
            let bucket = text.replacing("repository: ./repository", with: "repository: s3://backups/shop")
            #expect(bucket != text)
            for (stores, count) in [("s3: {endpoint: \"https://s3.example.org\"}", 1), ("s3: {region: eu-west-1}", 2)] {
                try project.write(bucket + "stores: {\(stores)}\n")
                project.fake.forget()
                let run = try await project.run("keys", "access")
                #expect(run.status == .done && run.out.contains("\nS3\n"), "\(run.error)")
                #expect(project.fake.log.count { $0.hasSuffix("AssumeRole") } == count, "\(project.fake.log)")
            }
        }
    }

    private static func comments(_ text: String) -> [Substring] {
        text.split(separator: "\n").compactMap { line in line.firstIndex(of: "#").map { line[$0...] } }
    }

    @Test(
        "does not change where the role cannot do the work",
        arguments: ["AssumeRole", "DescribeKey", "Encrypt", "Decrypt", "repository", "state"])
    func refused(what: String) async throws {
        try await AWSProjectRun.run { project, cmk in
            let role = project.fake.createRole("holdfast", externalID: "7f3a")
            let before = try project.file
            switch what {
            case "repository": try FileManager.default.removeItem(atPath: project.path + "/repository")
            case "state": project.fake.setState("Disabled", of: cmk.name)
            case "AssumeRole": break
            default: project.fake.deny(what, cmk.name)
            }
            let id = what == "AssumeRole" ? "wrong" : "7f3a"
            let run = try await project.run("keys", "access", "switch", "--role", role, "--external-id", id)
            #expect(run.status == (what == "repository" ? .noRepository : .cmkUnavailable), "\(run.error)")
            #expect(run.error.contains("not switched, and nothing was changed"), "\(run.error)")
            #expect(try project.file == before)
        }
    }

    @Test("changes for a host that may not decrypt, and for a job that uses no CMK, where they are what it is for")
    func purposes() async throws {
        try await AWSProjectRun.run { project, cmk in
            let role = project.fake.createRole("holdfast")
            project.fake.deny("Decrypt", cmk.name)
            let switching = ["keys", "access", "switch", "--role", role, "-n"]
            #expect(try await project.run(switching).status == .cmkUnavailable)
            let host = try await project.run(switching + ["--for", "host"])
            #expect(host.status == .done && host.out.contains("describe, wrap\n"), "\(host.error)")
            project.fake.deny("DescribeKey", cmk.name)
            let prune = try await project.run(switching + ["--for", "prune"])
            #expect(prune.status == .done && !prune.out.contains("CMK  "), "\(prune.error)")
        }
    }

    @Test("is tried on snapshots themselves where it may not wrap, and old CMKs that are denied are left to do")
    func samples() async throws {
        try await AWSProjectRun.run { project, cmk in
            let role = project.fake.createRole("holdfast")
            let switching = ["keys", "access", "switch", "--role", role, "-n"]
            project.fake.deny("Encrypt")
            let empty = try await project.run(switching + ["--for", "restore"])
            #expect(empty.status == .done && empty.out.contains("there is no snapshot under \(cmk) yet"), "\(empty.error)")
            project.fake.allowAll()
            #expect(try await project.run("backup", "source").status == .done)
            project.fake.deny("Encrypt")
            let restore = try await project.run(switching + ["--for", "restore"])
            #expect(restore.status == .done && restore.out.contains("\(cmk): describe, unwrap"), "\(restore.error)")
            project.fake.deny("Decrypt", cmk.name)
            #expect(try await project.run(switching + ["--for", "restore"]).status == .cmkUnavailable)
            project.fake.allowAll()
            let second = "aws-kms:\(project.fake.createKey("second"))"
            try project.write(try project.file.replacing("cmks:", with: "cmks:\n  - \(second)\n  #"))
            try project.write(try project.file.replacing("recovery:", with: "# \nrecovery:"))
            #expect(try project.file.contains(cmk.uri))
            let rotated = try await project.run("keys", "rotate", "--to", second)
            #expect(rotated.status == .done, "\(rotated.error)")
            let both = try await project.run(switching)
            #expect(both.status == .done && both.out.contains("\(cmk): unwrap"), "\(both.error)")
            project.fake.deny("Decrypt", cmk.name)
            let one = try await project.run(switching)
            #expect(one.status == .done && one.out.contains("snapshots under \(cmk), such as"), "\(one.out)\(one.error)")
        }
    }

    @Test("is nothing to be said of where nothing is in AWS")
    func local() async throws {
        let project = try await ProjectRun()
        for command in [["keys", "access"], ["keys", "access", "policy"], ["keys", "access", "switch", "--static"]] {
            let run = try await project.run(command)
            #expect(run.status == .usage && run.error.contains("nothing of this project is in AWS"), "\(run.error)")
        }
    }

    @Test("has no JSON field that the help does not tell of")
    func documented() async throws {
        try await AWSProjectRun.run(regions: ["us-east-1", "eu-west-1"]) { project, cmk in
            let role = project.fake.createRole("holdfast", externalID: "7f3a")
            let commands = [
                ["keys", "access"], ["keys", "access", "switch", "--role", role, "--external-id", "7f3a", "-n"],
                ["keys", "access", "policy"], ["keys", "region", cmk.uri, "eu-west-1", "-n"],
            ]
            for command in commands {
                let run = try await project.run(command + ["--json"])
                #expect(run.status == .done, "\(run.error)")
                let name = command.prefix(command.count > 2 && command[1] == "access" ? 3 : 2)
                let help = try await project.run(name + ["--help"])
                #expect(help.out.contains("Example: holdfast \(name.joined(separator: " "))"))
                #expect(try DocumentedFieldsTests.untold(in: run.out, by: help.out) == [], "\(command)")
            }
        }
    }
}
