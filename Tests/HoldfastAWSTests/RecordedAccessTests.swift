import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("The access that an envelope records")
struct RecordedAccessTests {
    /// A CMK, and an envelope of it that was made through a role which asks for the project's external id.
    private struct Scene {
        let fixture: KMSFixture
        let cmk: CMK
        let former: String
        let envelope: Envelope

        init(_ fixture: KMSFixture, regions: [String] = ["us-east-1"]) async throws {
            self.fixture = fixture
            cmk = try fixture.createCMK(in: regions)
            former = fixture.fake.createRole("former", externalID: "shop-1")
            let role = RoleRequest(arn: former, externalID: "shop-1")
            envelope = try await fixture.manager(fixture.access(role: role)).wrapProbe(under: cmk)
        }

        /// As a user of the project, or as a role of it, that trusts these roles.
        func manager(
            role: String? = nil, trusting roles: [String] = [], regions: [String] = []
        ) throws -> AWSKeyManager {
            let access = fixture.access(
                role: role.map { RoleRequest(arn: $0, externalID: "shop-1") },
                trusting: roles.map { RoleRequest(arn: $0, externalID: "shop-1") })
            let found = try access.foundCredentials()
            return AWSKeyManager(
                .init(
                    access: access, credentials: try access.credentials(with: found),
                    trustedRoles: try access.trustedCredentials(with: found), regions: regions,
                    policy: RetryPolicy(attempts: 1), clock: { [clock = fixture.clock] in clock.now }))
        }

        func recording(_ access: String?) -> Envelope {
            Envelope(cmk: cmk, access: access, wrapped: envelope.wrapped, created: envelope.created)
        }

        /// The user may decrypt no more.
        func denyUser(_ arn: String? = nil) {
            fixture.fake.deny("Decrypt", arn ?? fixture.arn(cmk), to: "arn:aws:iam::111122223333:user/op")
        }

        var assumed: Int { fixture.fake.log.count { $0.hasSuffix("AssumeRole") } }
    }

    private func refusal(
        _ scene: Scene, _ manager: AWSKeyManager, _ envelope: Envelope? = nil
    ) async throws -> (detail: String, remedy: String?) {
        let error = await #expect(throws: KeyManagerError.self) {
            try await manager.opensProbe(envelope ?? scene.envelope)
        }
        guard case .denied(scene.cmk, let detail, let remedy) = error else {
            Issue.record("\(String(describing: error))")
            return ("", nil)
        }
        return (detail, remedy)
    }

    @Test("is not used where the project's own opens")
    func own() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            fixture.fake.forget()
            #expect(try await scene.manager(trusting: [scene.former]).opensProbe(scene.envelope))
            #expect(fixture.fake.log == ["us-east-1 Decrypt"])
        }
    }

    @Test("opens where the project's own is denied, if the project trusts it, also where no relative may stand in")
    func trusted() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            scene.denyUser()
            let manager = try scene.manager(trusting: [scene.former])
            #expect(try await manager.opensProbe(scene.envelope))
            #expect(try await manager.pinned.opensProbe(scene.envelope))
            #expect(scene.assumed == 2, "once to wrap, and once for both")
        }
    }

    @Test("opens where the project's own role cannot be had")
    func shutOut() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            let role = fixture.fake.createRole("host", externalID: "other")
            #expect(try await scene.manager(role: role, trusting: [scene.former]).opensProbe(scene.envelope))
            let text = try await refusal(scene, try scene.manager(role: role))
            #expect(text.detail.contains("role \(role): denied") && text.detail.contains("through \(scene.former)"))
        }
    }

    @Test("opens in the Region that answers")
    func family() async throws {
        try await KMSFixture.run { fixture in
            let regions = ["us-east-1", "eu-west-1"]
            let scene = try await Scene(fixture, regions: regions)
            fixture.fake.setWeather(.closed, in: "eu-west-1")
            scene.denyUser()
            let manager = try scene.manager(trusting: [scene.former], regions: regions.reversed())
            #expect(try await manager.opensProbe(scene.envelope))
        }
    }

    @Test("W1: is assumed on no envelope's word: what is missing is told, with both ways to get it")
    func stranger() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            scene.denyUser()
            let before = scene.assumed
            let text = try await refusal(scene, try scene.manager(trusting: ["arn:aws:iam::111122223333:role/another"]))
            #expect(scene.assumed == before)
            #expect(text.detail.contains("kms:Decrypt on resource: \(fixture.arn(scene.cmk))"), "\(text.detail)")
            #expect(text.detail.contains("this key was wrapped through \(scene.former), its envelope says"))
            #expect(text.detail.contains("the project's access is environment"))
            let remedy = text.remedy ?? ""
            #expect(remedy.contains("allow environment to kms:Decrypt with \(scene.cmk)"), "\(remedy)")
            #expect(remedy.contains("if \(scene.former) is a role of yours, add it to trusted_roles:"), "\(remedy)")
            #expect(remedy.contains("holdfast keys access switch --role \(scene.former)"), "\(remedy)")
        }
    }

    @Test("is named where it was credentials and no role")
    func credentials() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            scene.denyUser()
            let text = try await refusal(scene, try scene.manager(), scene.recording("profile:backup"))
            #expect(text.remedy?.contains("with the credentials that its key was wrapped with (profile:backup)") == true)
        }
    }

    @Test(
        "is not repeated where it is the project's own, missing, or nothing that we would have written",
        arguments: ["environment", nil, "a\u{1b}[2J", "arn:aws:iam::1:role/x y", String(repeating: "x", count: 200)])
    func unsaid(access: String?) async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            scene.denyUser()
            let text = try await refusal(scene, try scene.manager(trusting: [scene.former]), scene.recording(access))
            #expect(text.remedy == nil && !text.detail.contains("wrapped"), "\(text)")
        }
    }

    @Test("that is trusted and denied too, or cannot be had, is told with the first denial", arguments: [true, false])
    func both(isDenied: Bool) async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            scene.denyUser()
            if isDenied {
                fixture.fake.deny("Decrypt", fixture.arn(scene.cmk), to: scene.former)
            } else {
                _ = fixture.fake.createRole("former", externalID: "changed")
            }
            let text = try await refusal(scene, try scene.manager(trusting: [scene.former]))
            #expect(text.detail.contains("user/op is not authorized to perform: kms:Decrypt"), "\(text.detail)")
            #expect(text.detail.contains("and through \(scene.former), which wrapped it: "), "\(text.detail)")
            #expect(text.remedy == "allow environment or \(scene.former) to kms:Decrypt with it")
        }
    }

    @Test("is not asked for while AWS is silent, nor where the CMK is disabled: neither is a denial")
    func silence() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            let manager = try scene.manager(trusting: [scene.former])
            let before = scene.assumed
            fixture.fake.setState("Disabled", of: fixture.arn(scene.cmk))
            await #expect(throws: KeyManagerError.state(scene.cmk, .disabled)) { try await manager.opensProbe(scene.envelope) }
            fixture.fake.setState("Enabled", of: fixture.arn(scene.cmk))
            fixture.fake.setWeather(.closed, in: "us-east-1")
            let error = await #expect(throws: KeyManagerError.self) { try await manager.opensProbe(scene.envelope) }
            #expect(error?.isSilence == true)
            #expect(scene.assumed == before)
            let role = try scene.manager(role: fixture.fake.createRole("host"), trusting: [scene.former])
            let noRole = await #expect(throws: KeyManagerError.self) { try await role.opensProbe(scene.envelope) }
            #expect(noRole?.isSilence == true && noRole.map { "\($0)" }?.contains(scene.former) == false)
        }
    }

    @Test("is named where there are no credentials at all, and that stays silence")
    func nothing() async throws {
        try await KMSFixture.run { fixture in
            let scene = try await Scene(fixture)
            let bare = fixture.access(variables: ["AWS_EC2_METADATA_DISABLED": "true"])
            let error = await #expect(throws: KeyManagerError.self) {
                try await fixture.manager(bare).opensProbe(scene.envelope)
            }
            #expect(error?.isSilence == true)
            #expect(error.map { "\($0)" }?.contains("this key was wrapped through \(scene.former)") == true)
        }
    }
}
