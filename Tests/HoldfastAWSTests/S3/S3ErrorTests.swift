import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("What S3 refuses, and what is said of it")
struct S3ErrorTests {
    private static let record = S3Fixture.record

    private func errors(_ rule: FakeS3.Fault) async throws -> [StoreError?] {
        var errors: [StoreError?] = []
        try await S3Fixture.run { fixture in
            fixture.fake.setRule(rule)
            let store = try fixture.store()
            for call in [.create, .read, .stat, .delete, .list] as [StoreCall] {
                errors.append(await call.error(on: store))
            }
        }
        return errors
    }

    @Test("a denial names the object, the action and who was denied")
    func denied() async throws {
        let errors = try await errors(.refuse(code: "AccessDenied", status: 403))
        let object = "arn:aws:s3:::vault/shop/\(Self.record)"
        let actions = [
            "s3:PutObject on \(object)", "s3:GetObject on \(object)", "s3:GetObject on \(object)",
            "s3:DeleteObject on \(object)", "s3:ListBucket on arn:aws:s3:::vault is",
        ]
        for (error, action) in zip(errors, actions) {
            guard case .denied(let place, let detail) = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(place.hasPrefix("s3://vault/shop"))
            #expect(detail.contains(action) && detail.contains("AKIA") && detail.contains("request FAKE"), "\(detail)")
        }
    }

    @Test("a bucket that is not there is no repository, never an object that is absent")
    func noBucket() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store("s3://nowhere")
            for call in StoreCall.allCases {
                let error = await call.error(on: store)
                guard case .noRepository(let text) = error else { Issue.record("\(String(describing: error))"); continue }
                #expect(text.contains("'nowhere'"))
            }
        }
    }

    @Test("a 404 that does not say of what is not taken for an absent object")
    func bare404() async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.setRule(.refuse(code: "", status: 404))
            let store = try fixture.store()
            for call in [.read, .stat] as [StoreCall] {
                let error = await call.error(on: store)
                guard case .unavailable = error else { Issue.record("\(String(describing: error))"); continue }
            }
        }
    }

    @Test(
        "a bucket in another Region is named with the Region", arguments: ["PermanentRedirect", "AuthorizationHeaderMalformed"])
    func elsewhere(code: String) async throws {
        for error in try await errors(.refuse(code: code, status: code == "PermanentRedirect" ? 301 : 400)) {
            guard case .unavailable(_, let detail) = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(detail.contains("set region: eu-west-1"), "\(detail)")
        }
    }

    @Test("the Region of a bucket is what S3 says, also to whoever asks in another one or is denied")
    func region() async throws {
        try await S3Fixture.run(region: "eu-central-1") { fixture in
            let (elsewhere, there) = (try fixture.store(region: "us-east-1"), try fixture.store(region: "eu-central-1"))
            #expect(try await elsewhere.region() == "eu-central-1")
            #expect(try await there.region() == "eu-central-1")
            fixture.fake.setRule(.refuse(code: "AccessDenied", status: 403))
            #expect(try await there.region() == "eu-central-1")
        }
        for unusable in [nil, "evil.test/"] {
            try await S3Fixture.run(region: unusable) { fixture in
                let region = try await fixture.store().region()
                #expect(region == nil)
            }
        }
    }

    @Test("a clock that is wrong is said to be")
    func skew() async throws {
        for error in try await errors(.refuse(code: "RequestTimeTooSkewed", status: 403)) {
            guard case .unavailable(_, let detail) = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(detail.contains("clock is wrong: it says 2027-01-31T18:00:00Z"), "\(detail)")
        }
    }

    @Test("an object in an archive is neither denied nor damaged")
    func archived() async throws {
        for error in try await errors(.refuse(code: "InvalidObjectState", status: 403))[1...2] {
            guard case .unavailable(_, let detail) = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(detail.contains("archive"))
        }
    }

    @Test("throttling that does not end, and a quota that is full")
    func exhausted() async throws {
        for error in try await errors(.refuse(code: "SlowDown", status: 503)) {
            guard case .unavailable(_, let detail) = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(detail.contains("SlowDown"))
        }
        #expect(try await errors(.refuse(code: "QuotaExceeded", status: 403))[0] == .noSpace(Self.record))
    }

    @Test("the time is the server's, whatever it answers")
    func time() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            #expect(try await store.now() == fixture.clock.now)
            fixture.fake.setRule(.refuse(code: "AccessDenied", status: 403))
            #expect(try await store.now() == fixture.clock.now)
        }
    }

    @Test("half a listing is not taken for a whole one")
    func listing() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            fixture.fake.setRule(.refuseInside(code: "InternalError"))
            let error = await storeError { () throws(StoreError) in _ = try await store.list(.keys) }
            guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
        }
    }
}
