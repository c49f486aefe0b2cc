import Foundation
import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("A project whose CMKs are in AWS KMS")
struct AWSKeysTests {
    private let fake = FakeAWS(now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) })

    /// A project under one CMK, reached with a user's keys, its repository in a directory.
    private func withProject(_ body: (ProjectRun, String) async throws -> Void) async throws {
        let (arn, user) = (fake.createKey("first"), fake.createUser())
        try await fake.serving { url in
            let environment = [
                "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL": url,
                "AWS_EC2_METADATA_DISABLED": "true",
            ]
            try await body(try await ProjectRun("--cmk", "aws-kms:\(arn)", environment: environment), arn)
        }
    }

    private func ids(_ project: ProjectRun) async throws -> [String] {
        let out = try await project.run("snapshots", "--json").out
        guard case .array(let rows) = try JSONValue.parse(Array(out.utf8)) else { return [] }
        return try rows.map { row in
            guard case .object(let row) = row else { return "" }
            return try row.string("id")
        }
    }

    @Test("without access nothing starts, opens or goes by count rules; with access back all goes on by itself")
    func revocation() async throws {
        try await withProject { project, arn in
            try schedule(project)
            #expect(try await project.run("run", "--node", "db1", "--time", "2055-01-01T19:00:00Z").status == .done)
            let first = try await ids(project)
            #expect(first.count == 1)
            for operation in ["Encrypt", "Decrypt", "DescribeKey"] { fake.deny(operation, arn) }

            let backup = try await project.run("backup", "source")
            #expect(backup.status == .cmkUnavailable)
            #expect(backup.error.contains(arn) && backup.error.contains("denied"), "\(backup.error)")
            for day in 2...4 {
                let tick = try await project.run("run", "--node", "db1", "--time", "2055-01-0\(day)T19:00:00Z")
                #expect(tick.status == .cmkUnavailable, "\(tick.out)\(tick.error)")
                #expect(tick.out.contains("CRITICAL: access to aws-kms:\(arn) is denied"), "\(tick.out)")
            }
            #expect(try await ids(project) == first)
            #expect(try await project.run("stats", "--json").object.integer("snapshots") == 1)
            let restore = try await project.run("restore", "latest", "--target", project.path + "/out")
            #expect(restore.status == .cmkUnavailable)
            #expect(restore.error.contains(arn), "\(restore.error)")

            fake.allowAll()
            let tick = try await project.run("run", "--node", "db1", "--time", "2055-01-05T19:00:00Z")
            #expect(tick.status == .done, "\(tick.out)\(tick.error)")
            let second = try await ids(project)
            #expect(second.count == 1 && second != first)
            #expect(try await project.run("restore", "latest", "--target", project.path + "/out").status == .done)
        }
    }

    /// A snapshot each day, of which the newest alone is kept, without a trash.
    private func schedule(_ project: ProjectRun) throws {
        let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
        let policy = """
                policy: {items: [{every: day}], keep_rules: {last: 1}, grace: 0 days}
                nodes: {db1: {sources: {data: {paths: [./source]}}}}
            """
        let lines = text.split(separator: "\n").map { $0.contains("policy: {}") ? policy : String($0) }
        try project.write(lines.joined(separator: "\n") + "\n", to: "holdfast.yaml")
    }

    @Test("a CMK that the account's administrator disables or lets go is told by its state, with the way back")
    func states() async throws {
        try await withProject { project, arn in
            let id = try await project.backUp("source")
            for (state, words) in [("Disabled", "keys enable"), ("PendingDeletion", "keys cancel-deletion")] {
                fake.setState(state, of: arn)
                let restore = try await project.run("restore", id, "--target", project.path + "/out")
                #expect(restore.status == .cmkUnavailable, "\(state)")
                #expect(restore.error.contains(words), "\(restore.error)")
                let audit = try await project.run("keys", "audit")
                #expect(audit.status == .criticalAlert, "\(state)")
                #expect(audit.out.contains(arn), "\(audit.out)")
            }
            #expect(try await project.run("keys", "cancel-deletion", "aws-kms:\(arn)").status == .done)
            #expect(try await project.run("restore", id, "--target", project.path + "/out").status == .done)
        }
    }

    @Test("W11: an alias deletes, rotates to and proves nothing: its key is to be named, and stays untouched")
    func aliasOfTheActiveKey() async throws {
        try await withProject { project, arn in
            _ = try await project.backUp("source")
            let alias = fake.createAlias("backup", for: arn)
            let file = project.path + "/holdfast.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let all = arn.prefix { $0 != "/" }.dropLast(3)
            try project.write(text.replacing("aws-kms:\(arn)", with: "aws-kms:\(all)*"), to: "holdfast.yaml")
            for command in [
                ["delete"], ["disable"], ["retire"], ["check", "--prove"], ["rotate", "--to"],
                ["rewrap", "--from", "aws-kms:\(arn)", "--to"],
            ] {
                let run = try await project.run(["keys"] + command + ["aws-kms:\(alias)"])
                #expect(![.done, .unproven].contains(run.status), "\(command): \(run.out)")
                #expect(run.error.contains(arn) || run.error.contains("alias"), "\(command): \(run.error)")
            }
            #expect(try await project.run("keys", "check", "aws-kms:\(arn)").status == .blocked)
            #expect(fake.log.filter { $0.hasSuffix("ScheduleKeyDeletion") || $0.hasSuffix("DisableKey") }.isEmpty)
        }
    }

    @Test("imported material that ends is told, and covers no other CMK")
    func imported() async throws {
        try await withProject { project, arn in
            _ = try await project.backUp("source")
            let imported = fake.createKey("imported")
            let file = project.path + "/holdfast.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let all = arn.prefix { $0 != "/" }
            try project.write(text.replacing("aws-kms:\(arn)", with: "aws-kms:\(all)/*"), to: "holdfast.yaml")
            let target = "aws-kms:\(imported)"
            #expect(try await project.run("keys", "rotate", "--to", target).status == .done)
            #expect(try await project.run("keys", "rewrap", "--from", "aws-kms:\(arn)", "--to", target).status == .done)
            #expect(try await project.run("keys", "check", "--prove", "aws-kms:\(arn)").status == .done)
            fake.setExpiry(Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 86_400), of: imported)
            #expect(try await project.run("keys", "check", "--prove", "aws-kms:\(arn)").status == .blocked)
            let audit = try await project.run("keys", "audit")
            #expect(audit.status == .criticalAlert)
            #expect(audit.out.contains("the imported material of \(target) ends on "), "\(audit.out)")
        }
    }

    @Test("init looks an alias up once, and writes the CMK's own ARN and Region")
    func alias() async throws {
        let (arn, user) = (fake.createKey("first", in: ["eu-west-1"]), fake.createUser())
        let alias = fake.createAlias("backup", for: arn)
        try await fake.serving { url in
            let environment = [
                "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL": url,
            ]
            let project = try await ProjectRun("--cmk", "aws-kms:\(alias)", environment: environment)
            let text = try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
            #expect(text.contains(arn) && !text.contains("alias/"), "\(text)")
            #expect(text.contains("region: eu-west-1"), "\(text)")
        }
    }
}
