import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Synchronization

/// A fake AWS, and a key manager that talks to it over the loopback interface as `op`, a user with keys.
struct KMSFixture: Sendable {
    static let project = "shop"

    let fake: FakeAWS
    let clock: ManualClock
    let url: String
    let transport: any HTTPTransport
    /// How long was slept, which took no time.
    let pauses = Pauses()

    final class Pauses: Sendable {
        private let all = Mutex<[Duration]>([])
        var recorded: [Duration] { all.withLock(\.self) }
        func record(_ pause: Duration) { all.withLock { $0.append(pause) } }
    }

    static func run(_ body: (KMSFixture) async throws -> Void) async throws {
        let clock = ManualClock()
        let fake = FakeAWS(now: { clock.now })
        try await PatientTransport.run { transport in
            try await fake.serving { url in
                try await body(KMSFixture(fake: fake, clock: clock, url: url, transport: transport))
            }
        }
    }

    var timing: RequestTiming {
        RequestTiming(
            now: { [clock] in clock.now }, elapsed: { [clock] in .seconds(clock.now.seconds) },
            sleep: { [pauses] in pauses.record($0) }, random: { 0.5 })
    }

    /// The environment's variables in it: keys and the fake's address.
    func access(
        role: RoleRequest? = nil, trusting trusted: [RoleRequest] = [], variables: [String: String] = [:],
        files: [String: String] = [:]
    ) -> AWSAccess {
        let user = fake.createUser()
        let keys = ["AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret]
        let all = (variables.isEmpty ? keys : variables).merging(["AWS_ENDPOINT_URL": url]) { old, _ in old }
        return AWSAccess(
            region: "us-east-1", endpoints: ServiceEndpoints(variables: all, region: "us-east-1"),
            surroundings: CredentialSurroundings(
                machine: .described(variables: all, files: files), transport: transport, timing: timing),
            role: role, trustedRoles: trusted)
    }

    func manager(
        _ access: AWSAccess? = nil, regions: [String] = [], policy: RetryPolicy = RetryPolicy(attempts: 3)
    ) throws -> AWSKeyManager {
        let access = access ?? self.access()
        return AWSKeyManager(
            .init(
                access: access, credentials: try access.credentials(), regions: regions, policy: policy,
                clock: { [clock] in clock.now }))
    }

    /// A key of the fake's as a CMK.
    func createCMK(_ label: String = "", in regions: [String] = ["us-east-1"]) throws -> CMK {
        try cmk(fake.createKey(label, in: regions))
    }

    func cmk(_ arn: String) throws -> CMK {
        guard let arn = KeyARN(arn) else { throw KeyManagerError.unreachable(arn, detail: "no ARN") }
        return arn.cmk
    }

    func arn(_ cmk: CMK) -> String { cmk.name }

    static func context(snapshot: UInt8 = 2) -> EncryptionContext {
        EncryptionContext(
            project: project, cluster: "default", repository: id(1), snapshot: id(snapshot), node: "n", kind: .manifest)
    }

    private static func id<Tag>(_ byte: UInt8) -> ID<Tag> {
        guard let id = ID<Tag>(bytes: [UInt8](repeating: byte, count: 16).span) else { preconditionFailure("16 bytes") }
        return id
    }
}

extension AWSKeyManager {
    /// Wraps 32 known bytes.
    func wrapProbe(under cmk: CMK) async throws(KeyManagerError) -> Envelope {
        try await wrap(Secret(copying: [UInt8](repeating: 7, count: 32).span), under: cmk, context: KMSFixture.context())
    }

    func opensProbe(_ envelope: Envelope) async throws(KeyManagerError) -> Bool {
        let key = try await unwrap(envelope, context: KMSFixture.context())
        return key.bytes.indices.map { key.bytes[$0] } == [UInt8](repeating: 7, count: 32)
    }
}
