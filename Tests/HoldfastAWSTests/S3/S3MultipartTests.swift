import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("Packs that are uploaded in parts")
struct S3MultipartTests {
    private static let pack = S3Fixture.pack

    private static func run(_ body: (S3Fixture, S3Store) async throws -> Void) async throws {
        try await S3Fixture.run { fixture in try await body(fixture, fixture.store(change: S3Fixture.smallParts)) }
    }

    @Test("are one object in the end, and nothing else is left")
    func plain() async throws {
        try await Self.run { fixture, store in
            try await store.create(Self.pack, S3Fixture.long)
            #expect(try await store.read(Self.pack) == S3Fixture.long)
            #expect(fixture.fake.log.filter { $0 == "UploadPart" }.count == 7)
            #expect(fixture.fake.headers("If-None-Match", of: "CompleteMultipartUpload") == ["*"])
            #expect(fixture.fake.openUploads == 0)
            #expect(
                await storeError { () throws(StoreError) in try await store.create(Self.pack, S3Fixture.long) }
                    == .exists(Self.pack))
            #expect(fixture.fake.openUploads == 0)
        }
    }

    @Test("records are never uploaded so, however long: what decides a race is one request")
    func records() async throws {
        try await Self.run { fixture, store in
            try await store.create(S3Fixture.record, S3Fixture.long)
            #expect(fixture.fake.log == ["PutObject"])
        }
    }

    @Test(
        "a part that fails is sent again",
        arguments: [.refuse(code: "SlowDown", status: 503), .hangUp, .loseAnswer, .refuse(code: "InternalError", status: 500)]
            as [FakeS3.Fault])
    func part(fault: FakeS3.Fault) async throws {
        try await Self.run { fixture, store in
            fixture.fake.plan("UploadPart", fault, fault)
            try await store.create(Self.pack, S3Fixture.long)
            #expect(try await store.read(Self.pack) == S3Fixture.long)
        }
    }

    @Test("where parts fail for good the upload is removed")
    func abort() async throws {
        try await Self.run { fixture, store in
            fixture.fake.plan("UploadPart", .refuse(code: "AccessDenied", status: 403))
            let error = await storeError { () throws(StoreError) in try await store.create(Self.pack, S3Fixture.long) }
            guard case .denied = error else { Issue.record("\(String(describing: error))"); return }
            #expect(fixture.fake.openUploads == 0)
            #expect(fixture.fake.keys == [])
        }
    }

    @Test(
        "a completion that went wrong is noticed, also in the body of a 200, and done over",
        arguments: [
            .refuseInside(code: "InternalError"), .refuse(code: "InternalError", status: 500), .hangUp,
            .refuseInside(code: "SlowDown"),
        ] as [FakeS3.Fault])
    func completion(fault: FakeS3.Fault) async throws {
        try await Self.run { fixture, store in
            fixture.fake.plan("CompleteMultipartUpload", fault)
            try await store.create(Self.pack, S3Fixture.long)
            #expect(try await store.read(Self.pack) == S3Fixture.long)
            #expect(fixture.fake.openUploads == 0)
            #expect(fixture.fake.isPlanExhausted)
        }
    }

    @Test("a completion whose answer was lost is settled by reading")
    func lostCompletion() async throws {
        try await Self.run { fixture, store in
            fixture.fake.plan("CompleteMultipartUpload", .loseAnswer)
            try await store.create(Self.pack, S3Fixture.long)
            #expect(fixture.fake.log.filter { $0 == "CompleteMultipartUpload" }.count == 1)
            #expect(fixture.fake.openUploads == 0)
        }
    }

    @Test("a completion that is refused for good leaves nothing")
    func refusedCompletion() async throws {
        try await Self.run { fixture, store in
            fixture.fake.plan("CompleteMultipartUpload", .refuseInside(code: "AccessDenied"))
            let error = await storeError { () throws(StoreError) in try await store.create(Self.pack, S3Fixture.long) }
            guard case .denied = error else { Issue.record("\(String(describing: error))"); return }
            #expect(fixture.fake.openUploads == 0)
            #expect(fixture.fake.keys == [])
        }
    }
}
