import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("Against moto, a second witness", .serialized, .enabled(if: MotoFixture.url != nil, "scripts/aws-test starts it"))
struct MotoTests {
    @Test("W11: a key wraps and unwraps under its context alone")
    func wrapping() async throws {
        try await MotoFixture.run { moto in
            let manager = try moto.manager()
            let cmk = try await moto.createCMK("probe")
            let envelope = try await manager.wrapProbe(under: cmk)
            #expect(envelope.cmk == cmk)
            #expect(try await manager.opensProbe(envelope))
            await #expect(throws: KeyManagerError.incorrect(cmk)) {
                _ = try await manager.unwrap(envelope, context: KMSFixture.context(snapshot: 9))
            }
        }
    }

    @Test("a key's life: disabled, enabled, scheduled, cancelled, and its description through all of it")
    func life() async throws {
        try await MotoFixture.run { moto in
            let manager = try moto.manager()
            let cmk = try await moto.createCMK("life")
            let description = try await manager.describe(cmk)
            #expect((description.state, description.label) == (.enabled, "life"))
            try await manager.disable(cmk)
            #expect(try await manager.describe(cmk).state == .disabled)
            try await manager.enable(cmk)
            let period = try #require(Period("7 days"))
            let date = try await manager.scheduleDeletion(of: cmk, proof: pretendedProof(of: cmk), waiting: period)
            #expect(abs(date - (MotoFixture.now() + 7 * 86_400)) < 60)
            #expect(try await manager.describe(cmk).state == .pendingDeletion)
            try await manager.cancelDeletion(of: cmk)
            #expect(try await manager.describe(cmk).state == .disabled)
        }
    }

    @Test("more keys than fit on a page are listed, and an alias leads to its key's ARN")
    func listing() async throws {
        try await MotoFixture.run { moto in
            let manager = try moto.manager()
            var cmks: [CMK] = []
            for number in 0..<3 { cmks.append(try await moto.createCMK("list \(number)")) }
            #expect(try await Set(manager.list().map(\.cmk)).isSuperset(of: cmks))
            let name = "alias/moto-\(MotoFixture.now().seconds)"
            _ = try? await moto.kms("CreateAlias", ["AliasName": .string(name), "TargetKeyId": .string(cmks[0].name)])
            let alias = try #require(CMK(cmks[0].uri.prefix { $0 != "/" }.dropLast(3) + name))
            #expect(try await manager.describe(alias).cmk == cmks[0])
        }
    }

    @Test("a key that is not there is not found")
    func missing() async throws {
        try await MotoFixture.run { moto in
            let unknown = try #require(CMK("aws-kms:arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"))
            await #expect(throws: KeyManagerError.notFound(unknown)) { try await moto.manager().describe(unknown) }
        }
    }

    @Test("roles are assumed: signed with keys, and unsigned with a web identity")
    func roles() async throws {
        try await MotoFixture.run { moto in
            let arn = "arn:aws:iam::123456789012:role/holdfast"
            let role = RoleRequest(arn: arn, externalID: "e")
            let assumed = try await moto.access(role: role).credentials().credentials()
            #expect(assumed.sessionToken != nil)
            #expect(try #require(assumed.expires) > MotoFixture.now() + 300)
            let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": arn]
            let web = try await moto.access(variables: variables, files: ["/t": "jwt"]).credentials().credentials()
            #expect(web.origin == .role(arn))
            let access = moto.access(role: role)
            let session = try access.credentials()
            #expect(try await access.identity(of: session).contains("assumed-role/holdfast/"))
        }
    }

    @Test("instance metadata gives its role's credentials by version 2")
    func instance() async throws {
        try await MotoFixture.run { moto in
            let access = moto.access(variables: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": moto.url])
            let found = try await access.credentials().credentials()
            guard case .instance = found.origin else {
                Issue.record("\(found)")
                return
            }
            #expect(!found.accessKeyID.isEmpty)
        }
    }

    @Test("with signatures checked, the right secret key gets an answer, and a wrong one gets none")
    func signatures() async throws {
        try await MotoFixture.run { moto in
            let cmk = try await moto.createCMK("signed")
            let user = "signer-\(MotoFixture.now().seconds)"
            _ = try await moto.iam("CreateUser", ["UserName": user])
            let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}"#
            _ = try await moto.iam("PutUserPolicy", ["UserName": user, "PolicyName": "p", "PolicyDocument": policy])
            let key = try await moto.iam("CreateAccessKey", ["UserName": user])["CreateAccessKeyResult"]?["AccessKey"]
            let (id, secret) = (try #require(key?.text("AccessKeyId")), try #require(key?.text("SecretAccessKey")))
            try await moto.checkSignatures(after: 0)
            let right = try moto.manager(moto.access(id: id, secret: secret))
            let opened = try? await right.opensProbe(right.wrapProbe(under: cmk))
            let wrong = try moto.manager(moto.access(id: id, secret: "wrong"))
            let error = await #expect(throws: KeyManagerError.self) { try await wrong.wrapProbe(under: cmk) }
            try await moto.checkSignatures(after: 1_000_000)
            #expect(opened == true)
            #expect(error?.isSilence == true)
        }
    }
}
