import Foundation
import HoldfastCLI
import HoldfastModel
import HoldfastTestingAWS
import Testing

/// A project with its CMK in a strict fake of AWS, reached by a user's keys, and its repository in a directory.
struct AWSProjectRun: Sendable {
    let fake: FakeAWS
    private let project: ProjectRun

    /// The CMK has a member in each of the Regions.
    static func run(regions: [String] = ["us-east-1"], _ body: (AWSProjectRun, CMK) async throws -> Void) async throws {
        let fake = FakeAWS(now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) })
        try await fake.serving { url in
            let cmk = try #require(CMK("aws-kms:\(fake.createKey("first", in: regions))"))
            let user = fake.createUser()
            let project = try await ProjectRun(
                "--cmk", cmk.uri,
                environment: [
                    "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL": url,
                    "AWS_EC2_METADATA_DISABLED": "true",
                ])
            try await body(AWSProjectRun(fake: fake, project: project), cmk)
        }
    }

    var path: String { project.path }

    /// The project file's text.
    var file: String { get throws { try String(contentsOfFile: path + "/holdfast.yaml", encoding: .utf8) } }

    func write(_ text: String) throws { try project.write(text, to: "holdfast.yaml") }

    func run(_ arguments: String...) async throws -> ProjectRun.Outcome { try await project.run(arguments) }

    func run(_ arguments: [String]) async throws -> ProjectRun.Outcome { try await project.run(arguments) }
}
