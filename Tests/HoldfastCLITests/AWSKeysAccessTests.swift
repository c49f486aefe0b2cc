import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("Snapshots that were taken by another access to AWS KMS")
struct AWSKeysAccessTests {
    private static let user = "arn:aws:iam::111122223333:user/op"

    /// Runs the body with a snapshot that was taken through a role, which was left since; the user who is left may not decrypt.
    private func withFormerRole(
        regions: [String] = ["us-east-1"], _ body: (AWSProjectRun, CMK, _ role: String, _ snapshot: String) async throws -> Void
    ) async throws {
        try await AWSProjectRun.run(regions: regions) { project, cmk in
            let role = project.fake.createRole("former", externalID: "7f3a")
            let there = try await project.run("keys", "access", "switch", "--role", role, "--external-id", "7f3a")
            #expect(there.status == .done, "\(there.error)")
            let id = try await project.run("backup", "source", "--json").lastLine.string("snapshot_id")
            let back = try await project.run("keys", "access", "switch", "--static")
            #expect(back.status == .done, "\(back.error)")
            #expect(back.out.contains("\(role) stays in trusted_roles:"), "\(back.out)")
            for region in regions {
                project.fake.deny("Decrypt", cmk.name.replacing("us-east-1", with: region), to: Self.user)
            }
            try await body(project, cmk, role, id)
        }
    }

    /// Everything that opens a snapshot.
    private func readers(_ id: String, _ project: AWSProjectRun) -> [[String]] {
        [
            ["restore", id, "--target", project.path + "/out"], ["dump", id], ["ls", id], ["check", "--read-data"],
        ]
    }

    @Test("open through the role that was left, since the switch keeps it among the trusted ones")
    func trusted() async throws {
        try await withFormerRole { project, _, role, id in
            #expect(try project.file.contains("trusted_roles: [\(role)]"))
            for command in readers(id, project) {
                let run = try await project.run(command)
                #expect(run.status == .done, "\(command): \(run.error)")
            }
        }
    }

    @Test("open through it in another Region, too")
    func family() async throws {
        try await withFormerRole(regions: ["us-east-1", "eu-west-1"]) { project, _, _, id in
            try project.write(try project.file.replacing("region: us-east-1", with: "region: us-east-1, regions: [eu-west-1]"))
            project.fake.forget()
            #expect(try await project.run("ls", id).status == .done)
            #expect(project.fake.log.contains("eu-west-1 Decrypt") && !project.fake.log.contains("us-east-1 Decrypt"))
        }
    }

    @Test("say what is missing where the file trusts that role no more, and nobody assumes it")
    func untrusted() async throws {
        try await withFormerRole { project, cmk, role, id in
            try project.write(
                try project.file.replacing(", trusted_roles: [\(role)]", with: "").replacing(", external_id: 7f3a", with: ""))
            #expect(try !project.file.contains(role))
            project.fake.forget()
            for command in readers(id, project) {
                let run = try await project.run(command)
                let said = run.error + run.out
                #expect(run.status == (command[0] == "check" ? .damaged : .cmkUnavailable), "\(command): \(said)")
                #expect(said.contains("wrapped through \(role), its envelope says"), "\(command): \(said)")
            }
            let run = try await project.run("ls", id)
            #expect(run.error.contains("allow environment to kms:Decrypt with \(cmk)"), "\(run.error)")
            #expect(run.error.contains("add it to trusted_roles:"), "\(run.error)")
            #expect(run.error.contains("holdfast keys access switch --role \(role)"), "\(run.error)")
            #expect(!project.fake.log.contains { $0.hasSuffix("AssumeRole") })
        }
    }

    @Test("are proven to open through it, and not proven where that is denied")
    func proof() async throws {
        try await withFormerRole { project, cmk, role, _ in
            let spare = "aws-kms:\(project.fake.createKey("spare"))"
            try project.write(
                try project.file.replacing("cmks:", with: "cmks:\n  - \(spare)\n  #").replacing(
                    "recovery:", with: "# \nrecovery:"))
            #expect(try await project.run("keys", "retire", spare).status == .done)
            let proven = try await project.run("keys", "check", "--prove", spare)
            #expect(proven.status == .done, "\(proven.out)\(proven.error)")
            project.fake.deny("Decrypt", cmk.name, to: role)
            let open = try await project.run("keys", "check", "--prove", spare)
            #expect(open.status == .unproven, "\(open.out)\(open.error)")
            #expect(open.out.contains("could not be opened without \(spare)"), "\(open.out)")
        }
    }

    @Test("let a switch pass on nothing but its own rights")
    func trial() async throws {
        try await withFormerRole { project, _, role, _ in
            let before = try project.file
            let next = project.fake.createRole("next", externalID: "7f3a")
            project.fake.deny(
                "Decrypt", try #require(project.file.firstMatch(of: /arn:aws:kms:\S+/)).output.description, to: next)
            let run = try await project.run(
                "keys", "access", "switch", "--role", next, "--external-id", "7f3a", "--for", "restore")
            #expect(run.status == .cmkUnavailable, "\(run.out)")
            #expect(try project.file == before && before.contains(role))
        }
    }
}
