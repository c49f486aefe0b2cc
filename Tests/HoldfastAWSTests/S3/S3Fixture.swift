import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS

/// A fake S3, and stores in its bucket that talk to it over the loopback interface. Pauses take no time.
struct S3Fixture: Sendable {
    let fake: FakeS3
    let clock: ManualClock
    let url: String
    let transport: any HTTPTransport
    let pauses = KMSFixture.Pauses()

    /// `region`: where the bucket is, if the fake is to know of Regions.
    static func run(region: String? = nil, _ body: (S3Fixture) async throws -> Void) async throws {
        let clock = ManualClock()
        let fake = FakeS3(region: region, now: { clock.now })
        try await PatientTransport.run { transport in
            try await fake.serving { url in
                try await body(S3Fixture(fake: fake, clock: clock, url: url, transport: transport))
            }
        }
    }

    var timing: RequestTiming {
        RequestTiming(
            now: { [clock] in clock.now }, elapsed: { .zero }, sleep: { [pauses] in pauses.record($0) }, random: { 0.5 })
    }

    func store(
        _ address: String = "s3://vault/shop", region: String = "us-east-1",
        change: (inout S3Options) -> Void = { _ in }
    ) throws -> S3Store {
        let user = fake.createUser()
        var options = S3Options()
        change(&options)
        return try S3Store(
            at: S3Address(address), region: region,
            credentials: FixedCredentials(Credentials(accessKeyID: user.id, secretKey: user.secret, origin: .explicit)),
            endpoints: ServiceEndpoints(region: region, explicit: [.s3: url]),
            transport: transport, timing: timing, options: options, policy: RetryPolicy(attempts: 3))
    }

    /// Lengths at which short objects go the way of long ones.
    static func smallParts(_ options: inout S3Options) {
        options.multipartThreshold = 50_000
        options.partByteCount = 32_000
    }

    static func id(_ byte: UInt8) -> SnapshotID {
        guard let id = SnapshotID(bytes: [UInt8](repeating: byte, count: 16).span) else { preconditionFailure("16 bytes") }
        return id
    }

    static let record = ObjectName.record(1, of: id(1))
    static let pack: ObjectName = {
        guard let sum = Digest(bytes: [UInt8](repeating: 9, count: 32).span) else { preconditionFailure("32 bytes") }
        return .pack(sum, of: id(1))
    }()

    static let long = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}

/// The error of a call; nil where it succeeded.
func storeError(_ call: () async throws(StoreError) -> Void) async -> StoreError? {
    do throws(StoreError) {
        try await call()
        return nil
    } catch {
        return error
    }
}
