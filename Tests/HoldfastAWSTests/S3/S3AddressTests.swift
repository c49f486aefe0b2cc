import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import NIOHTTP1
import Synchronization
import Testing

@Suite("Where S3 is, and what it is told about keeping")
struct S3AddressTests {
    @Test(
        "addresses are read",
        arguments: [
            ("s3://vault", "vault", ""), ("s3://vault/", "vault", ""), ("s3://my.vault-1/a/b_c/", "my.vault-1", "a/b_c/"),
            ("s3://vault/a=1", "vault", "a=1/"),
        ])
    func reading(text: String, bucket: String, prefix: String) throws {
        let address = try S3Address(text)
        #expect(address.bucket == bucket)
        #expect(address.prefix == prefix)
        #expect(try S3Address("\(address)") == address)
    }

    @Test(
        "what is none is refused, with what is wrong",
        arguments: [
            ("/srv/backup", "s3://BUCKET"), ("s3://", "3 to 63"), ("s3://ab", "3 to 63"), ("s3://Vault", "lower-case"),
            ("s3://va..ult", "two dots"), ("s3://-vault", "begin and end"), ("s3://10.0.0.1", "address"),
            ("s3://vault/a//b", "empty parts"),
            ("s3://vault/../b", "'..'"), ("s3://vault/a b", "letters"), ("s3://vault/ä", "letters"),
        ])
    func refusal(text: String, reason: String) throws {
        let error = try #require(throws: S3AddressError.self) { try S3Address(text) }
        #expect("\(error)".contains(reason), "\(error)")
    }

    @Test(
        "AWS is asked at the bucket's own host, everyone else in the path",
        arguments: [
            (nil, "vault", "https://vault.s3.eu-west-1.amazonaws.com/p/keys/1"),
            (nil, "va.ult", "https://s3.eu-west-1.amazonaws.com/va.ult/p/keys/1"),
            ("http://127.0.0.1:9000", "vault", "http://127.0.0.1:9000/vault/p/keys/1"),
            (
                "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com", "vault",
                "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com/vault/p/keys/1"
            ),
        ] as [(String?, String, String)])
    func hosts(endpoint: String?, bucket: String, url: String) async throws {
        let recorder = RequestRecorder()
        let store = try S3Store(
            at: S3Address("s3://\(bucket)/p"), region: "eu-west-1",
            credentials: FixedCredentials(Credentials(accessKeyID: "a", secretKey: "s", origin: .explicit)),
            endpoints: ServiceEndpoints(region: "eu-west-1", explicit: endpoint.map { [.s3: $0] } ?? [:]), transport: recorder,
            timing: CredentialFixture().timing)
        try await store.create(.keyRecord(1), [1])
        #expect(recorder.urls == [url])
    }

    @Test("storage classes, encryption, sums and the owner go with each request")
    func headers() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store { options in
                S3Fixture.smallParts(&options)
                options.packStorageClass = "GLACIER_IR"
                options.encryption = .kms(keyID: "arn:aws:kms:eu-west-1:111122223333:key/k")
                options.expectedBucketOwner = "111122223333"
            }
            try await store.create(S3Fixture.record, [1])
            try await store.create(S3Fixture.pack, S3Fixture.long)
            _ = try await store.list(.keys)
            let fake = fixture.fake
            #expect(fake.headers("x-amz-storage-class", of: "PutObject") == [nil])
            #expect(fake.headers("x-amz-storage-class", of: "CreateMultipartUpload") == ["GLACIER_IR"])
            for operation in ["PutObject", "CreateMultipartUpload"] {
                #expect(fake.headers("x-amz-server-side-encryption", of: operation) == ["aws:kms"])
                #expect(
                    fake.headers("x-amz-server-side-encryption-aws-kms-key-id", of: operation)
                        == ["arn:aws:kms:eu-west-1:111122223333:key/k"])
            }
            #expect(fake.headers("x-amz-checksum-sha256", of: "PutObject") == ["S/USLzRFVMU73i67jNK349FgCtYxw4Wl18ziPHeFRZo="])
            #expect(fake.headers("x-amz-checksum-sha256", of: "UploadPart").allSatisfy { $0 != nil })
            for operation in Set(fake.log) {
                #expect(fake.headers("x-amz-expected-bucket-owner", of: operation).allSatisfy { $0 == "111122223333" })
            }
        }
    }
}

/// Answers everything with an empty 200, and notes where it was sent.
private final class RequestRecorder: HTTPTransport {
    private let sent = Mutex<[String]>([])
    var urls: [String] { sent.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        sent.withLock { $0.append(request.url) }
        return HTTPResponse(status: 200)
    }
}
