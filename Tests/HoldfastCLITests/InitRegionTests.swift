import Foundation
import HoldfastCLI
import HoldfastModel
import HoldfastTestingAWS
import Testing

@Suite("The Region of a new project's bucket")
struct InitRegionTests {
    private static let now: @Sendable () -> Timestamp = { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    /// Runs `init` with these arguments for a bucket in eu-central-1, and gives the project file's text.
    private func file(
        after arguments: (FakeAWS) -> [String], environment more: [String: String] = [:]
    ) async throws -> String {
        let (keys, bucket) = (FakeAWS(now: Self.now), FakeS3(region: "eu-central-1", now: Self.now))
        let user = keys.createUser()
        bucket.admit(user)
        return try await keys.serving { keysURL in
            try await bucket.serving { bucketURL in
                let environment = [
                    "AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL": keysURL,
                    "AWS_ENDPOINT_URL_S3": bucketURL,
                ].merging(more) { _, new in new }
                let project = try await ProjectRun(
                    arguments: ["--repository", "s3://vault/shop"] + arguments(keys), environment: environment)
                let listed = try await project.run("snapshots")
                #expect(listed.status == .done, "\(listed.error)")
                return try String(contentsOfFile: project.path + "/holdfast.yaml", encoding: .utf8)
            }
        }
    }

    @Test("is what S3 says, where none is named, and stands in the project file", arguments: [[:], ["AWS_REGION": "us-west-2"]])
    func found(environment: [String: String]) async throws {
        let text = try await file(after: { _ in ["--no-passphrase"] }, environment: environment)
        #expect(text.contains("stores:\n  s3: {region: eu-central-1}\n"), "\(text)")
    }

    @Test("may be another than the CMK's: then both stand there, and each once")
    func besideCMK() async throws {
        let text = try await file(after: { ["--cmk", "aws-kms:\($0.createKey(in: ["us-east-1"]))"] })
        #expect(text.contains("aws-kms: {region: us-east-1}\n") && text.contains("s3: {region: eu-central-1}\n"), "\(text)")
    }

    @Test("is not said again where it is the CMK's")
    func sameAsCMK() async throws {
        let text = try await file(after: { ["--cmk", "aws-kms:\($0.createKey(in: ["eu-central-1"]))"] })
        #expect(text.contains("aws-kms: {region: eu-central-1}\n") && !text.contains("stores:"), "\(text)")
    }
}
