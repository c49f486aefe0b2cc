import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("What AWS KMS tells beside a CMK's state")
struct AWSKeysNotesTests {
    private static let operations = ["GetKeyLastUsage", "GetKeyRotationStatus", "ListKeyRotations"]

    /// A project with a CMK that nothing needs and that is retired.
    private func withSpare(_ body: (AWSProjectRun, _ spare: String, _ active: CMK) async throws -> Void) async throws {
        try await AWSProjectRun.run { project, active in
            let spare = "aws-kms:\(project.fake.createKey("spare"))"
            try project.write(
                try project.file.replacing("cmks:", with: "cmks:\n  - \(spare)\n  #").replacing(
                    "recovery:", with: "# \nrecovery:"))
            #expect(try await project.run("keys", "retire", spare).status == .done)
            try await body(project, spare, active)
        }
    }

    @Test("stands below the list where it is asked for, and costs nothing elsewhere")
    func list() async throws {
        try await AWSProjectRun.run { project, cmk in
            project.fake.forget()
            let plain = try await project.run("keys", "list")
            #expect(plain.status == .done && !plain.out.contains("Note on"), "\(plain.error)")
            #expect(project.fake.log.allSatisfy { line in !Self.operations.contains { line.hasSuffix($0) } })
            let noted = try await project.run("keys", "list", "--notes")
            #expect(noted.out.hasPrefix(plain.out) && noted.out.contains("Note on \(cmk): AWS KMS last saw it used on "))
            #expect(noted.out.contains("(Decrypt): ask who, if nothing of Holdfast did that."), "\(noted.out)")
            let json = try await project.run("keys", "list", "--notes", "--json")
            guard case .array(let rows) = try JSONValue.parse(Array(json.out.utf8)), case .object(let row) = rows.first else {
                Issue.record("\(json.out)")
                return
            }
            #expect(try row.bool("automatic_rotation") && !row.string("last_used").isEmpty && row.strings("notes").count == 2)
            let help = try await project.run("keys", "list", "--help")
            #expect(try DocumentedFieldsTests.untold(in: json.out, by: help.out) == [])
            project.fake.setWeather(.closed, in: "us-east-1")
            project.fake.forget()
            #expect(try await project.run("keys", "list", "--notes").status == .done)
            #expect(!project.fake.log.contains("us-east-1 GetKeyLastUsage"), "who is silent is not asked for notes")
        }
    }

    @Test("is a note beside an answer, which it does not change where it is denied")
    func denied() async throws {
        try await withSpare { project, spare, _ in
            let check = try await project.run("keys", "check", "--prove", spare)
            #expect(check.status == .done && check.out.contains("Note on \(spare): AWS KMS has seen no use"), "\(check.out)")
            #expect(check.out.contains("the ARN stays, and nothing becomes free by it."))
            let json = try await project.run("keys", "check", spare, "--json")
            #expect(try json.lastLine.object("key_notes").object(spare).bool("automatic_rotation"))
            let help = try await project.run("keys", "check", "--help")
            #expect(try DocumentedFieldsTests.untold(in: json.out, by: help.out) == [])
            for operation in Self.operations { project.fake.deny(operation) }
            let denied = try await project.run("keys", "check", "--prove", spare)
            #expect(denied.status == .done && denied.out.contains("not known: kms:GetKeyLastUsage is denied."), "\(denied.out)")
        }
    }

    @Test("stands beside a deletion, refused or scheduled")
    func deletion() async throws {
        try await withSpare { project, spare, active in
            let refused = try await project.run("keys", "delete", active.uri)
            #expect(refused.status == .blocked && refused.out.contains("Note on \(active): AWS KMS last saw"), "\(refused.out)")
            let done = try await project.run("keys", "delete", spare)
            #expect(done.status == .done && done.out.contains("Note on \(spare): AWS KMS has seen no use"), "\(done.out)")
        }
    }
}
