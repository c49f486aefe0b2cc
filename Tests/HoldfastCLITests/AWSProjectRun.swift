import Foundation
import HoldfastCLI
import HoldfastModel
import HoldfastTestingAWS
import Testing

/// A project with its CMK in a strict fake of AWS and its repository in a directory, driven as a user drives it.
final class AWSProjectRun: Sendable {
    let fake: FakeAWS
    let path: String
    private let environment: [String: String]

    /// The CMK has a member in each of the Regions.
    static func run(regions: [String] = ["us-east-1"], _ body: (AWSProjectRun, CMK) async throws -> Void) async throws {
        let fake = FakeAWS(now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) })
        try await fake.serving { url in
            let project = try AWSProjectRun(fake, url)
            let cmk = try #require(CMK("aws-kms:\(fake.createKey("first", in: regions))"))
            let run = try await project.run("init", "--cmk", cmk.uri, "--repository", "./repository")
            #expect(run.status == .done, "\(run.error)")
            try await body(project, cmk)
        }
    }

    private init(_ fake: FakeAWS, _ url: String) throws {
        self.fake = fake
        path = FileManager.default.temporaryDirectory.appending(path: "holdfast-aws-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/source", withIntermediateDirectories: true)
        try Data("one".utf8).write(to: URL(filePath: path + "/source/a"))
        let user = fake.createUser()
        environment = [
            "HOME": path, "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL": url,
            "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func run(_ arguments: String...) async throws -> ProjectRun.Outcome { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> ProjectRun.Outcome {
        let line = CommandLineRun()
        let status = await line.run(arguments, environment: environment, in: path)
        return ProjectRun.Outcome(status: status, out: line.out, error: line.error)
    }

    var file: String { get throws { try String(contentsOfFile: path + "/holdfast.yaml", encoding: .utf8) } }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path + "/holdfast.yaml")) }
}
