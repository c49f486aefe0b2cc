import Foundation
import HoldfastCLI
import HoldfastFormat
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("A multi-Region CMK by way of another Region")
struct KeysRegionTests {
    private static let regions = ["us-east-1", "eu-west-1"]

    @Test("is reached there first, once each has opened what the other wrapped; an outage then stops nothing")
    func reached() async throws {
        try await AWSProjectRun.run(regions: Self.regions) { project, cmk in
            let id = try await project.run("backup", "source", "--json").lastLine.string("snapshot_id")
            let run = try await project.run("keys", "region", cmk.uri, "eu-west-1")
            #expect(run.status == .done, "\(run.error)")
            #expect(run.out.contains("eu-west-1 opens what us-east-1 wraps, and the other way round"))
            #expect(try project.file.contains("regions: [eu-west-1]"))
            project.fake.setWeather(.closed, in: "us-east-1")
            let restored = try await project.run("restore", id, "--target", project.path + "/out")
            #expect(restored.status == .done, "\(restored.error)")
            #expect(try await project.run("backup", "source").status == .done)
            project.fake.setWeather(.fair, in: "us-east-1")
            let back = try await project.run("keys", "region", cmk.uri, "us-east-1", "--json")
            #expect(try back.object.strings("regions") == ["us-east-1", "eu-west-1"])
            #expect(try project.file.contains("regions: [us-east-1, eu-west-1]"))
        }
    }

    @Test("is reached by a role, which is assumed elsewhere while the project's Region is out")
    func role() async throws {
        try await AWSProjectRun.run(regions: Self.regions) { project, cmk in
            let role = project.fake.createRole("holdfast", externalID: "7f3a")
            let switched = try await project.run("keys", "access", "switch", "--role", role, "--external-id", "7f3a")
            #expect(switched.status == .done, "\(switched.error)")
            #expect(try await project.run("keys", "region", cmk.uri, "eu-west-1").status == .done)
            let id = try await project.run("backup", "source", "--json").lastLine.string("snapshot_id")
            project.fake.setWeather(.closed, in: "us-east-1")
            project.fake.forget()
            let restored = try await project.run("restore", id, "--target", project.path + "/out")
            #expect(restored.status == .done, "\(restored.error)")
            #expect(project.fake.log.contains("eu-west-1 AssumeRole"), "\(project.fake.log)")
        }
    }

    @Test("goes member by member: the one that stays is proven to open everything, and is not proven where it is denied")
    func oneMember() async throws {
        try await AWSProjectRun.run(regions: Self.regions) { project, cmk in
            let member = cmk.name.replacing("us-east-1", with: "eu-west-1")
            let next = "aws-kms:\(project.fake.createKey("next"))"
            try project.write(
                try project.file.replacing("cmks:", with: "cmks:\n  - aws-kms:\(member)\n  - \(next)\n  #")
                    .replacing("recovery:", with: "# \nrecovery:"))
            #expect(try await project.run("backup", "source").status == .done)
            #expect(try await project.run("keys", "rotate", "--to", next).status == .done)
            project.fake.forget()
            let report = project.path + "/report.json"
            let run = try await project.run("keys", "check", "--prove", "--report", report, cmk.uri)
            #expect(run.status == .done, "\(run.out)\(run.error)")
            let told = try JSONObject.parse(Array(try String(contentsOfFile: report, encoding: .utf8).utf8))
            #expect(try told.objects("opened").map { try $0.string("opened_by") } == ["aws-kms:\(member)"])
            #expect(!project.fake.log.contains("us-east-1 Decrypt"), "the one that is to go was asked")
            project.fake.deny("Decrypt", member)
            #expect(try await project.run("keys", "check", "--prove", cmk.uri).status == .unproven)
            project.fake.setState("Disabled", of: member)
            #expect(try await project.run("keys", "check", "--prove", cmk.uri).status == .blocked)
        }
    }

    @Test("is reached while its own Region is out, on AWS's word that the two are of one family")
    func outage() async throws {
        try await AWSProjectRun.run(regions: Self.regions) { project, cmk in
            project.fake.setWeather(.closed, in: "us-east-1")
            let run = try await project.run("keys", "region", cmk.uri, "eu-west-1")
            #expect(run.status == .done, "\(run.error)")
            #expect(run.out.contains("AWS says that the two are of one family") && run.out.contains("left      us-east-1"))
            #expect(try await project.run("backup", "source").status == .done)
        }
    }

    @Test("is refused where there is no member, or none that can be used, and nothing changes")
    func refused() async throws {
        try await AWSProjectRun.run(regions: Self.regions) { project, cmk in
            let before = try project.file
            let missing = try await project.run("keys", "region", cmk.uri, "us-west-2")
            #expect(missing.status == .cmkUnavailable && missing.error.contains("replicate-key"), "\(missing.error)")
            let arn = cmk.name.replacing("us-east-1", with: "eu-west-1")
            project.fake.setState("Disabled", of: arn)
            #expect(try await project.run("keys", "region", cmk.uri, "eu-west-1").status == .cmkUnavailable)
            project.fake.setState("Enabled", of: arn)
            project.fake.deny("Decrypt", arn)
            #expect(try await project.run("keys", "region", cmk.uri, "eu-west-1").status == .cmkUnavailable)
            project.fake.allowAll()
            project.fake.setWeather(.closed, in: "eu-west-1")
            #expect(try await project.run("keys", "region", cmk.uri, "eu-west-1").status == .keyManagerUnreachable)
            #expect(try await project.run("keys", "region", cmk.uri, "Europe").status == .usage)
            #expect(try await project.run("keys", "region", cmk.uri, "cn-north-1").status == .usage)
            #expect(try project.file == before)
        }
    }

    @Test("is not to be had of a CMK of one Region, and the message says what to do instead")
    func single() async throws {
        try await AWSProjectRun.run { project, cmk in
            let before = try project.file
            let run = try await project.run("keys", "region", cmk.uri, "eu-west-1")
            #expect(run.status == .usage, "\(run.error)")
            #expect(run.error.contains("--multi-region") && run.error.contains("holdfast keys rotate --to"), "\(run.error)")
            #expect(try project.file == before)
        }
    }
}
