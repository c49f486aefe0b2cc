import Foundation
import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import NIOHTTP1

/// moto, a stand-in for AWS that nobody here wrote: `scripts/aws-test` starts it and says where.
struct MotoFixture: Sendable {
    static let url = ProcessInfo.processInfo.environment["HOLDFAST_MOTO"]
    /// A Python that has boto3, AWS's own client.
    static let python = ProcessInfo.processInfo.environment["HOLDFAST_BOTO3"]

    let transport: any HTTPTransport
    let url: String
    let endpoint: Endpoint

    static func run(_ body: (MotoFixture) async throws -> Void) async throws {
        guard let url, let endpoint = Endpoint(url: url) else { return }
        try await PatientTransport.run { transport in
            try await body(MotoFixture(transport: transport, url: url, endpoint: endpoint))
        }
    }

    static func now() -> Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    func access(
        role: RoleRequest? = nil, id: String = "test", secret: String = "test", variables: [String: String]? = nil,
        files: [String: String] = [:]
    ) -> AWSAccess {
        let keys = ["AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret]
        let all = (variables ?? keys).merging(["AWS_ENDPOINT_URL": url]) { old, _ in old }
        return AWSAccess(
            region: "us-east-1", endpoints: ServiceEndpoints(variables: all, region: "us-east-1"),
            surroundings: CredentialSurroundings(
                machine: .described(variables: all, files: files), transport: transport, timing: .system(now: Self.now)),
            role: role)
    }

    func manager(_ access: AWSAccess? = nil) throws -> AWSKeyManager {
        let access = access ?? self.access()
        return AWSKeyManager(
            .init(
                access: access, credentials: try access.credentials(), policy: RetryPolicy(attempts: 2, cap: .milliseconds(100)),
                clock: Self.now))
    }

    /// An operation of AWS KMS that Holdfast itself never asks for.
    func kms(_ operation: String, _ input: JSONObject) async throws -> JSONObject {
        let request = HTTPRequest(
            .post, endpoint,
            headers: ["Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.\(operation)"],
            body: input.serialized)
        let access = access()
        let client = access.client(.kms, region: "us-east-1", credentials: try access.credentials())
        return try await JSONObject.parse(foreign: client.send(request) { _ in .final }.response.body)
    }

    func createCMK(_ label: String) async throws -> CMK {
        let key = try await kms("CreateKey", ["Description": .string(label)]).object("KeyMetadata")
        guard let arn = KeyARN(try key.string("Arn")) else { throw JSONError.member("Arn", problem: "is no ARN") }
        return arn.cmk
    }

    /// An action of IAM, answered in XML.
    func iam(_ action: String, _ fields: [String: String]) async throws -> XMLNode {
        let form = fields.merging(["Action": action, "Version": "2010-05-08"]) { old, _ in old }
            .map { "\(PercentEncoding.component($0))=\(PercentEncoding.component($1))" }.joined(separator: "&")
        var request = HTTPRequest(
            .post, endpoint, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(form.utf8))
        let credentials = Credentials(accessKeyID: "test", secretKey: "test", origin: .explicit)
        RequestSigner(service: "iam", region: "us-east-1").sign(&request, with: credentials, at: Self.now())
        return try await XMLNode.parse(transport.send(request).body)
    }

    /// From so many requests on moto checks signatures and policies.
    func checkSignatures(after count: Int) async throws {
        let request = HTTPRequest(
            .post, endpoint, path: "/moto-api/reset-auth", headers: ["Content-Type": "text/plain"], body: Array("\(count)".utf8))
        _ = try await transport.send(request)
    }
}
