import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("What AWS KMS says, and what it means")
struct KMSErrorTests {
    @Test(
        "each key state is told as it is, and only an enabled key wraps and unwraps",
        arguments: [
            ("Disabled", CMKState.disabled), ("PendingDeletion", .pendingDeletion),
            ("PendingReplicaDeletion", .pendingReplicaDeletion), ("PendingImport", .pendingImport),
            ("Unavailable", .unavailable), ("Creating", .creating),
        ])
    func states(name: String, state: CMKState) async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            let envelope = try await manager.wrapProbe(under: cmk)
            fixture.fake.setState(name, of: fixture.arn(cmk))
            #expect(try await manager.describe(cmk).state == state)
            await #expect(throws: KeyManagerError.state(cmk, state)) { try await manager.wrapProbe(under: cmk) }
            await #expect(throws: KeyManagerError.state(cmk, state)) { try await manager.opensProbe(envelope) }
        }
    }

    @Test("a family that gets another primary goes on working, and a state that nobody knows is no answer")
    func otherStates() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            fixture.fake.setState("Updating", of: fixture.arn(cmk))
            #expect(try await manager.describe(cmk).state == .enabled)
            #expect(try await manager.opensProbe(manager.wrapProbe(under: cmk)))
            fixture.fake.setState("Melting", of: fixture.arn(cmk))
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("where DescribeKey is denied the message must do")
    func withoutDescribe() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            fixture.fake.deny("DescribeKey")
            fixture.fake.setState("Disabled", of: fixture.arn(cmk))
            await #expect(throws: KeyManagerError.state(cmk, .disabled)) { try await manager.wrapProbe(under: cmk) }
            fixture.fake.setState("PendingDeletion", of: fixture.arn(cmk))
            await #expect(throws: KeyManagerError.state(cmk, .pendingDeletion)) { try await manager.wrapProbe(under: cmk) }
            fixture.fake.setState("Creating", of: fixture.arn(cmk))
            let error = await #expect(throws: KeyManagerError.self) { try await manager.wrapProbe(under: cmk) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("a denial is an answer, with AWS's own reason, and access that comes back is there at once")
    func denied() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            let envelope = try await manager.wrapProbe(under: cmk)
            for operation in ["Encrypt", "Decrypt", "DescribeKey"] { fixture.fake.deny(operation, fixture.arn(cmk)) }
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await manager.wrapProbe(under: cmk) }, { _ = try await manager.opensProbe(envelope) },
                { _ = try await manager.describe(cmk) },
            ]
            for call in calls {
                let error = await #expect(throws: KeyManagerError.self) { try await call() }
                guard case .denied(cmk, let detail, nil) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(detail.contains("not authorized to perform: kms:"))
            }
            #expect(fixture.pauses.recorded.isEmpty, "a denial is not asked again")
            fixture.fake.allowAll()
            #expect(try await manager.opensProbe(envelope))
        }
    }

    @Test(
        "what passes is waited for, and told as silence where it does not pass",
        arguments: [
            ("ThrottlingException", 400), ("KMSInternalException", 500), ("DependencyTimeoutException", 503),
            ("KeyUnavailableException", 500), ("", 502),
        ])
    func passing(code: String, status: Int) async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            fixture.fake.setWeather(.failing(code: code, status: status, times: 2), in: "us-east-1")
            #expect(try await manager.opensProbe(manager.wrapProbe(under: cmk)))
            #expect(fixture.pauses.recorded.count == 2)
            fixture.fake.setWeather(.failing(code: code, status: status, times: 99), in: "us-east-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.wrapProbe(under: cmk) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("a Region that is closed, and one that never answers, are silence", arguments: [FakeAWS.Weather.closed, .silent])
    func outage(weather: FakeAWS.Weather) async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(policy: RetryPolicy(attempts: 1)), try fixture.createCMK())
            fixture.fake.setWeather(weather, in: "us-east-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            #expect(error?.isSilence == true)
            await #expect(throws: KeyManagerError.self) { try await manager.list() }
        }
    }

    @Test("keys that AWS does not take are silence, never a word on the CMK")
    func wrongKeys() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK()
            let user = fixture.fake.createUser()
            for keys in [(user.id, "wrong"), ("AKIAUNKNOWN", user.secret)] {
                let access = fixture.access(variables: ["AWS_ACCESS_KEY_ID": keys.0, "AWS_SECRET_ACCESS_KEY": keys.1])
                let manager = try fixture.manager(access)
                let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
                #expect(error?.isSilence == true)
                #expect(error.map { "\($0)".contains(keys.1) } == false, "no secret in a message")
            }
            let bare = try fixture.manager(fixture.access(variables: ["AWS_EC2_METADATA_DISABLED": "true"]))
            let error = await #expect(throws: KeyManagerError.self) { try await bare.describe(cmk) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("a clock that is wrong by ten minutes is told as such")
    func clockSkew() async throws {
        try await KMSFixture.run { fixture in
            let manager = try fixture.manager()
            let cmk = try fixture.createCMK()
            let other = FakeAWS(now: { fixture.clock.now + 600 })
            try await other.serving { url in
                let user = other.createUser()
                let access = fixture.access(
                    variables: ["AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_ENDPOINT_URL": url])
                let late = try fixture.manager(access)
                let error = await #expect(throws: KeyManagerError.self) { try await late.describe(cmk) }
                #expect(error.map { "\($0)".contains("clock") } == true)
            }
            _ = try await manager.describe(cmk)
        }
    }

    @Test("a key that cannot wrap is refused by name")
    func unsuitable() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            fixture.fake.setUsage("SIGN_VERIFY", of: fixture.arn(cmk))
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await manager.wrapProbe(under: cmk) }, { _ = try await manager.describe(cmk) },
            ]
            for call in calls {
                let error = await #expect(throws: KeyManagerError.self) { try await call() }
                guard case .unsuitable(cmk, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            #expect(try await manager.list().isEmpty)
        }
    }

    @Test(
        "a URI that is no ARN of a key is refused, and never called deleted",
        arguments: [
            "aws-kms:alias/x", "aws-kms:arn:aws:kms:us-east-1:1:key/a", "aws-kms:arn:aws:s3:us-east-1:111122223333:key/a",
            "aws-kms:arn:aws-cn:kms:us-east-1:111122223333:key/a", "aws-kms:arn:aws:kms:us-east-1:111122223333:key/a:b",
            "aws-kms:arn:aws:kms:us-east-1.evil.test/:111122223333:key/a", "local:a/b",
        ])
    func malformed(uri: String) async throws {
        try await KMSFixture.run { fixture in
            let cmk = try #require(CMK(uri))
            let manager = try fixture.manager()
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            guard case .unsuitable(cmk, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fixture.fake.log.isEmpty)
        }
    }

    @Test(
        "a waiting period that AWS does not have is refused before anything is asked",
        arguments: ["6 days", "31 days", "2 months"])
    func waiting(text: String) async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            let period = try #require(Period(text))
            await #expect(throws: KeyManagerError.self) {
                try await manager.scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: period)
            }
            #expect(fixture.fake.log.isEmpty)
        }
    }

    @Test("material that expires is told like a deletion that is scheduled")
    func imported() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            let date = fixture.clock.now + 86_400
            fixture.fake.setExpiry(date, of: fixture.arn(cmk))
            let description = try await manager.describe(cmk)
            #expect(description.deletionDate == date)
            #expect(description.assurance == "hsm, imported")
        }
    }
}

extension KeyManagerError {
    /// Whether it is no answer, which is never to be read as one.
    var isSilence: Bool {
        guard case .unreachable = self else { return false }
        return true
    }
}
