import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("CMKs in AWS KMS")
struct KMSUseTests {
    @Test("W11: an alias is looked up, and nothing is done to or with what it stands for today")
    func alias() async throws {
        try await KMSFixture.run { fixture in
            let manager = try fixture.manager()
            let cmk = try fixture.createCMK()
            let alias = try fixture.cmk(fixture.fake.createAlias("backup/main", for: fixture.arn(cmk)))
            #expect(try await manager.describe(alias).cmk == cmk)
            let wrapped = try await manager.wrapProbe(under: cmk)
            let envelope = Envelope(cmk: alias, wrapped: wrapped.wrapped, created: wrapped.created)
            let refused: [(String, () async throws -> Void)] = [
                ("wrap", { _ = try await manager.wrapProbe(under: alias) }),
                ("unwrap", { _ = try await manager.opensProbe(envelope) }),
                ("disable", { try await manager.disable(alias) }), ("enable", { try await manager.enable(alias) }),
                (
                    "schedule",
                    {
                        _ = try await manager.scheduleDeletion(
                            of: alias, proof: pretendedProof(of: alias), waiting: Period(days: 7))
                    }
                ),
                ("cancel", { try await manager.cancelDeletion(of: alias) }),
            ]
            for (name, call) in refused {
                let error = await #expect(throws: KeyManagerError.self, "\(name)") { try await call() }
                guard case .unsuitable(alias, _) = error else {
                    Issue.record("\(name): \(String(describing: error))")
                    continue
                }
            }
            #expect(try await manager.describe(cmk).state == .enabled)
            let unknown = try fixture.cmk("arn:aws:kms:us-east-1:111122223333:alias/nobody")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(unknown) }
            guard case .unsuitable = error else {
                Issue.record("of an alias 'not found' is no answer about any key")
                return
            }
        }
    }

    @Test("W11: a member that is gone is no end of its family: a relative that is configured opens what it wrapped")
    func relative() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: ["us-east-1", "eu-west-1"])
            let manager = try fixture.manager(regions: ["us-east-1", "eu-west-1"])
            let envelope = try await manager.wrapProbe(under: cmk)
            fixture.fake.removeKey(fixture.arn(cmk))
            #expect(try await manager.opensProbe(envelope))
            let pinned = manager.pinned
            await #expect(throws: KeyManagerError.notFound(cmk)) { try await pinned.opensProbe(envelope) }
        }
    }

    @Test("an envelope tells through what it was wrapped, and the request's id")
    func envelope() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK()
            let envelope = try await fixture.manager().wrapProbe(under: cmk)
            #expect(envelope.access == "environment")
            #expect(envelope.requestID?.hasPrefix("fake-") == true)
            #expect(envelope.created == fixture.clock.now)

            let role = fixture.fake.createRole("holdfast", externalID: "shop-1")
            let manager = try fixture.manager(fixture.access(role: RoleRequest(arn: role, externalID: "shop-1")))
            #expect(try await manager.wrapProbe(under: cmk).access == role)
        }
    }

    @Test("AWS tells whom it takes credentials for")
    func identity() async throws {
        try await KMSFixture.run { fixture in
            let user = fixture.access()
            let keys = try user.credentials()
            #expect(try await user.identity(of: keys) == "arn:aws:iam::111122223333:user/op")
            let role = fixture.access(role: RoleRequest(arn: fixture.fake.createRole("holdfast"), sessionName: "s1"))
            let arn = "arn:aws:sts::111122223333:assumed-role/holdfast/s1"
            let session = try role.credentials()
            #expect(try await role.identity(of: session) == arn)
            let wrong = fixture.access(variables: ["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"])
            await #expect(throws: CredentialError.self) { try await wrong.identity(of: wrong.credentials()) }
        }
    }

    @Test("a role with the wrong external id is not to be had, and says so")
    func externalID() async throws {
        try await KMSFixture.run { fixture in
            let role = fixture.fake.createRole("holdfast", externalID: "shop-1")
            let manager = try fixture.manager(fixture.access(role: RoleRequest(arn: role, externalID: "other")))
            let cmk = try fixture.createCMK()
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            #expect(error?.isSilence == true)
            #expect(error.map { "\($0)".contains("sts:AssumeRole") } == true)
        }
    }

    @Test("a session that ends early is renewed once, unseen")
    func expired() async throws {
        try await KMSFixture.run { fixture in
            let role = fixture.fake.createRole("holdfast")
            let manager = try fixture.manager(fixture.access(role: RoleRequest(arn: role)))
            let cmk = try fixture.createCMK()
            _ = try await manager.describe(cmk)
            fixture.fake.expireSessions()
            _ = try await manager.describe(cmk)
            #expect(fixture.fake.log.filter { $0.hasSuffix("AssumeRole") }.count == 2)
        }
    }

    @Test("a web identity's role works, and a token that it does not trust does not")
    func webIdentity() async throws {
        try await KMSFixture.run { fixture in
            let role = fixture.fake.createRole("pod", tokens: ["jwt"])
            let cmk = try fixture.createCMK()
            let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": role]
            let manager = try fixture.manager(fixture.access(variables: variables, files: ["/t": "jwt"]))
            #expect(try await manager.wrapProbe(under: cmk).access == role)
            let stranger = try fixture.manager(fixture.access(variables: variables, files: ["/t": "forged"]))
            let error = await #expect(throws: KeyManagerError.self) { try await stranger.describe(cmk) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("all pages of all Regions are listed; what may not be described is denied, and a missing label is an alias")
    func list() async throws {
        try await KMSFixture.run { fixture in
            let manager = try fixture.manager(regions: ["us-east-1", "eu-west-1"])
            var cmks = try (1...5).map { try fixture.createCMK("key \($0)") }
            cmks.append(try fixture.createCMK(in: ["eu-west-1"]))
            _ = fixture.fake.createAlias("nameless", for: fixture.arn(cmks[5]))
            fixture.fake.deny("DescribeKey", fixture.arn(cmks[0]))
            let listed = try await manager.list()
            #expect(Set(listed.map(\.cmk)) == Set(cmks))
            #expect(listed.first { $0.cmk == cmks[0] }?.state == .denied)
            #expect(listed.first { $0.cmk == cmks[5] }?.label == "alias/nameless")
            fixture.fake.deny("ListAliases")
            #expect(try await manager.list().count == 6)
            fixture.fake.deny("ListKeys")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.list() }
            #expect(error?.isSilence == true)
        }
    }

    @Test("more than fifty requests in a second wait for their turn")
    func rate() async throws {
        try await KMSFixture.run { fixture in
            let (manager, cmk) = (try fixture.manager(), try fixture.createCMK())
            for _ in 0..<52 { _ = try await manager.describe(cmk) }
            #expect(fixture.pauses.recorded == [.milliseconds(20), .milliseconds(40)])
        }
    }
}

@Suite("Multi-Region CMKs")
struct KMSFamilyTests {
    private static let regions = ["us-east-1", "eu-west-1"]

    @Test("each member is described as one of its family")
    func family() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let other = try #require(KeyARN(cmk)).inRegion("eu-west-1").cmk
            let manager = try fixture.manager(regions: Self.regions)
            #expect(try await manager.describe(cmk).family == [cmk, other])
            #expect(try await manager.describe(other).family == [cmk, other])
            #expect(try await manager.describe(fixture.createCMK()).family.isEmpty)
        }
    }

    @Test("the Regions are used in the order that is configured")
    func order() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let envelope = try await fixture.manager(regions: ["eu-west-1"]).wrapProbe(under: cmk)
            #expect(fixture.fake.log == ["eu-west-1 Encrypt"])
            #expect(envelope.cmk == cmk, "the CMK that was asked for, whoever stood in")
            #expect(try await fixture.manager().opensProbe(envelope))
        }
    }

    @Test(
        "a Region that is out of reach, or throttles without end, is passed over, for wrapping and unwrapping",
        arguments: [FakeAWS.Weather.closed, .silent, .failing(code: "ThrottlingException", status: 400, times: 99)])
    func failover(weather: FakeAWS.Weather) async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager(regions: Self.regions, policy: RetryPolicy(attempts: 1))
            let envelope = try await manager.wrapProbe(under: cmk)
            fixture.fake.setWeather(weather, in: "us-east-1")
            #expect(try await manager.opensProbe(envelope))
            #expect(try await manager.opensProbe(manager.wrapProbe(under: cmk)))
            fixture.fake.setWeather(.closed, in: "eu-west-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.opensProbe(envelope) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("a Region that was silent is tried last for a minute, then in its turn again")
    func remembered() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager(regions: Self.regions, policy: RetryPolicy(attempts: 1))
            fixture.fake.setWeather(.closed, in: "us-east-1")
            for _ in 0..<3 { _ = try await manager.wrapProbe(under: cmk) }
            #expect(fixture.fake.log == ["us-east-1 Encrypt"] + Array(repeating: "eu-west-1 Encrypt", count: 3))
            fixture.fake.forget()
            fixture.fake.setWeather(.fair, in: "us-east-1")
            fixture.fake.setWeather(.closed, in: "eu-west-1")
            _ = try await manager.wrapProbe(under: cmk)
            #expect(fixture.fake.log == ["eu-west-1 Encrypt", "us-east-1 Encrypt"], "last is not never")
            fixture.fake.forget()
            fixture.clock.advance(bySeconds: 60)
            fixture.fake.setWeather(.fair, in: "eu-west-1")
            _ = try await manager.wrapProbe(under: cmk)
            #expect(fixture.fake.log == ["us-east-1 Encrypt"])
        }
    }

    @Test("a state is asked of the member's own Region alone")
    func describeStays() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager(regions: Self.regions, policy: RetryPolicy(attempts: 1))
            fixture.fake.setWeather(.closed, in: "us-east-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.describe(cmk) }
            #expect(error?.isSilence == true)
        }
    }

    @Test("a no in the first Region is the answer: what one key policy denies, the next is not asked for")
    func noShopping() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager(regions: Self.regions)
            let envelope = try await manager.wrapProbe(under: cmk)
            fixture.fake.deny("Decrypt", fixture.arn(cmk))
            await #expect(throws: KeyManagerError.self) { try await manager.opensProbe(envelope) }
            fixture.fake.allowAll()
            fixture.fake.setState("Disabled", of: fixture.arn(cmk))
            await #expect(throws: KeyManagerError.state(cmk, .disabled)) { try await manager.opensProbe(envelope) }
            #expect(!fixture.fake.log.contains { $0.hasPrefix("eu-west-1") })
        }
    }

    @Test("a Region without a member of the family is passed over")
    func absent() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager(regions: ["ap-south-1", "us-east-1"])
            #expect(try await manager.opensProbe(manager.wrapProbe(under: cmk)))
            fixture.fake.removeKey(fixture.arn(cmk))
            await #expect(throws: KeyManagerError.notFound(cmk)) { try await manager.wrapProbe(under: cmk) }
        }
    }

    @Test("pinned, each CMK is used in its own Region alone, so that no relative's work passes for its own")
    func pinned() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager(regions: ["eu-west-1"], policy: RetryPolicy(attempts: 1))
            let envelope = try await manager.wrapProbe(under: cmk)
            fixture.fake.forget()
            #expect(try await manager.pinned.opensProbe(envelope))
            #expect(fixture.fake.log == ["us-east-1 Decrypt"])
            fixture.fake.setWeather(.closed, in: "us-east-1")
            await #expect(throws: KeyManagerError.self) { try await manager.pinned.opensProbe(envelope) }
        }
    }

    @Test("a single-Region CMK has nowhere else to go")
    func single() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK()
            let manager = try fixture.manager(regions: ["eu-west-1", "us-east-1"], policy: RetryPolicy(attempts: 1))
            fixture.fake.setWeather(.closed, in: "us-east-1")
            await #expect(throws: KeyManagerError.self) { try await manager.wrapProbe(under: cmk) }
            #expect(fixture.fake.log == ["us-east-1 Encrypt"])
        }
    }

    @Test("a primary whose deletion is scheduled waits for its replicas, and has no date")
    func primaryDeletion() async throws {
        try await KMSFixture.run { fixture in
            let cmk = try fixture.createCMK(in: Self.regions)
            let manager = try fixture.manager()
            let period = try #require(Period("7 days"))
            let date = try await manager.scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: period)
            #expect(date == fixture.clock.now + 7 * 86_400, "the earliest that it can be")
            let description = try await manager.describe(cmk)
            #expect(description.state == .pendingReplicaDeletion)
            #expect(description.deletionDate == nil)
        }
    }
}
