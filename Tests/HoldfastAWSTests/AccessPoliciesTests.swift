import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("The policies of a project")
struct AccessPoliciesTests {
    private static let key = "arn:aws:kms:us-east-1:111122223333:key/1234"
    private static let context = "kms:EncryptionContext:holdfast:project"

    private static func subject() throws -> PolicySubject {
        PolicySubject(
            project: "shop", partition: "aws", account: "111122223333", repositories: [try S3Address("s3://backups/shop")],
            keys: [key], region: "us-east-1", externalID: "7f3a")
    }

    private static func judge(_ role: AccessRole) throws -> PolicyJudge {
        PolicyJudge(policy: AccessPolicies(try subject()).policy(for: role))
    }

    private static func arn(_ name: ObjectName) -> String { "arn:aws:s3:::backups/shop/\(name)" }

    /// One name of each kind, by what a snapshot's life does with it.
    private static func names() throws -> [String: ObjectName] {
        let id = try #require(SnapshotID(String(repeating: "1", count: 32)))
        let digest = try #require(Digest(String(repeating: "a", count: 64)))
        return [
            "repository": .repository, "key log": .keyRecord(10), "start": .record(0, of: id), "manifest": .record(1, of: id),
            "record": .record(2, of: id), "tenth": .record(10, of: id), "eleventh": .record(11, of: id),
            "pack": .pack(digest, of: id),
            "checkpoint": .checkpoint(id), "probe": .probe(id),
        ]
    }

    @Test("where objects are locked, whoever creates may lock and nobody may unlock", arguments: AccessRole.allCases)
    func locks(role: AccessRole) throws {
        var subject = try Self.subject()
        #expect(!"\(JSONValue.object(AccessPolicies(subject).policy(for: role)))".contains("Retention"))
        subject.locksObjects = true
        let judge = PolicyJudge(policy: AccessPolicies(subject).policy(for: role))
        let names = try Self.names()
        let creates: Set<String> =
            [.host, .hostWithBase, .keyAdmin].contains(role) ? ["pack", "record"] : role == .prune ? ["record"] : []
        for kind in ["pack", "record", "key log", "checkpoint", "probe"] {
            let arn = Self.arn(try #require(names[kind]))
            #expect(try judge.allows("s3:PutObjectRetention", arn) == creates.contains(kind), "\(kind)")
            for action in ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion", "s3:PutObjectLegalHold"] {
                #expect(try !judge.allows(action, arn), "\(action) on \(kind)")
            }
        }
        let extends = try judge.allows("s3:GetObjectRetention", Self.arn(try #require(names["pack"])))
        #expect(extends == (role == .hostWithBase || role == .keyAdmin))
        #expect(try judge.allows("s3:GetBucketObjectLockConfiguration", "arn:aws:s3:::backups") == (role == .keyAdmin))
    }

    private static let rights: [(role: AccessRole, creates: Set<String>, replaces: Set<String>, deletes: Set<String>)] = [
        (.host, ["start", "manifest", "pack", "checkpoint"], ["checkpoint"], ["checkpoint"]),
        (.hostWithBase, ["start", "manifest", "pack", "checkpoint"], ["checkpoint"], ["checkpoint"]),
        (
            .prune, ["manifest", "record", "tenth", "eleventh"], [],
            ["start", "manifest", "record", "tenth", "eleventh", "pack", "checkpoint"]
        ),
        (.keyAdmin, ["repository", "key log", "record", "tenth", "eleventh", "probe"], [], ["probe"]),
        (.auditor, [], [], []), (.restore, [], [], []),
    ]

    @Test("each role creates, replaces and deletes what is its own and nothing else", arguments: rights.map(\.role))
    func objects(role: AccessRole) throws {
        let judge = try Self.judge(role)
        let rights = try #require(Self.rights.first { $0.role == role })
        let creation = ["s3:if-none-match": "*", "s3:ObjectCreationOperation": "true"]
        for (kind, name) in try Self.names() {
            let arn = Self.arn(name)
            #expect(try judge.allows("s3:PutObject", arn, creation) == rights.creates.contains(kind), "\(kind)")
            // The parts of an upload, which carry no condition.
            let part = ["s3:ObjectCreationOperation": "false"]
            #expect(try judge.allows("s3:PutObject", arn, part) == rights.creates.contains(kind), "\(kind)")
            let replacement = ["s3:ObjectCreationOperation": "true"]
            #expect(try judge.allows("s3:PutObject", arn, replacement) == rights.replaces.contains(kind), "\(kind)")
            #expect(try judge.allows("s3:DeleteObject", arn) == rights.deletes.contains(kind), "\(kind)")
        }
    }

    @Test("the data is read by those who store and restore it", arguments: AccessRole.allCases)
    func reading(role: AccessRole) throws {
        let judge = try Self.judge(role)
        let readsData = [.host, .hostWithBase, .restore].contains(role)
        for (kind, name) in try Self.names() {
            let reads = readsData || kind != "pack" && (kind != "probe" || role == .keyAdmin)
            #expect(try judge.allows("s3:GetObject", Self.arn(name)) == reads, "\(role) \(kind)")
        }
        #expect(try judge.allows("s3:ListBucket", "arn:aws:s3:::backups", ["s3:prefix": "shop/snapshots/"]))
        #expect(try judge.allows("s3:ListBucket", "arn:aws:s3:::backups"))
        #expect(try !judge.allows("s3:ListBucket", "arn:aws:s3:::backups", ["s3:prefix": "other/"]))
        #expect(try !judge.allows("s3:GetObject", "arn:aws:s3:::backups/other/keys/0"))
    }

    @Test(
        "a CMK is used in the name of the project alone",
        arguments: [
            (AccessRole.host, ["kms:Encrypt"]), (.hostWithBase, ["kms:Encrypt", "kms:Decrypt"]), (.prune, []),
            (.keyAdmin, ["kms:Encrypt", "kms:Decrypt"]), (.auditor, ["kms:Decrypt"]), (.restore, ["kms:Decrypt"]),
        ])
    func keys(role: AccessRole, uses: [String]) throws {
        let judge = try Self.judge(role)
        for action in ["kms:Encrypt", "kms:Decrypt"] {
            let expected = uses.contains(action)
            #expect(try judge.allows(action, Self.key, [Self.context: "shop"]) == expected)
            #expect(try !judge.allows(action, Self.key, [Self.context: "other"]))
            #expect(try !judge.allows(action, Self.key))
            #expect(try !judge.allows(action, "\(Self.key)5", [Self.context: "shop"]))
        }
        #expect(try judge.allows("kms:DescribeKey", Self.key) == (role != .prune))
        for action in ["GetKeyLastUsage", "GetKeyRotationStatus", "ListKeyRotations"] {
            #expect(try judge.allows("kms:\(action)", Self.key) == (role == .auditor || role == .keyAdmin))
        }
        for action in ["kms:DisableKey", "kms:EnableKey", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"] {
            #expect(try judge.allows(action, Self.key) == (role == .keyAdmin))
        }
    }

    @Test("a host can be confined to the snapshots of its node")
    func node() throws {
        var subject = try Self.subject()
        subject.node = "db1"
        let judge = PolicyJudge(policy: AccessPolicies(subject).policy(for: .hostWithBase))
        let node = "kms:EncryptionContext:holdfast:node"
        #expect(try judge.allows("kms:Decrypt", Self.key, [Self.context: "shop", node: "db1"]))
        #expect(try !judge.allows("kms:Decrypt", Self.key, [Self.context: "shop", node: "db2"]))
    }

    @Test("the names of the encryption context's pairs are those that are sent")
    func contextNames() throws {
        let id = try #require(SnapshotID(String(repeating: "1", count: 32)))
        let repository = try #require(RepositoryID(String(repeating: "2", count: 32)))
        let sent = EncryptionContext(
            project: "shop", cluster: "c", repository: repository, snapshot: id, node: "n", kind: .manifest)
        #expect(sent.pairs["holdfast:project"] == "shop" && sent.pairs["holdfast:node"] == "n")
    }

    @Test("a multi-Region CMK is named in each Region, and of a pattern what can be in several")
    func families() throws {
        let patterns = [
            "aws-kms:arn:aws:kms:us-east-1:111122223333:key/mrk-1", "aws-kms:arn:aws:kms:us-east-1:111122223333:key/*",
            "local:ab/*",
        ].compactMap { CMKPattern($0) }
        #expect(
            PolicySubject.keys(patterns, regions: ["eu-west-1", "us-east-1"]) == [
                "arn:aws:kms:us-east-1:111122223333:key/mrk-1", "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
                "arn:aws:kms:us-east-1:111122223333:key/*", "arn:aws:kms:eu-west-1:111122223333:key/mrk-*",
            ])
        let single = ["aws-kms:arn:aws:kms:us-east-1:111122223333:key/12*", "aws-kms:arn:aws:kms:us-east-1:1*"]
        let texts = single.compactMap { CMKPattern($0) }
        #expect(PolicySubject.keys(texts, regions: ["eu-west-1"]) == single.map { String($0.dropFirst("aws-kms:".count)) })
    }

    @Test("the trust policy asks for the external id, and key policies name the roles that use keys")
    func others() throws {
        let policies = AccessPolicies(try Self.subject())
        let trust = try #require(policies.trust.objects("Statement").first)
        #expect(try trust.object("Condition").object("StringEquals").string("sts:ExternalId") == "7f3a")
        #expect(policies.keyPolicy([(.prune, "arn:aws:iam::111122223333:role/p")]) == nil)
        let statements = try #require(policies.keyPolicy([(.host, "arn:aws:iam::111122223333:role/h")])).objects("Statement")
        #expect(try statements.map { try $0.string("Sid") } == ["UseAsHost", "DescribeAsHost"])
        #expect(try statements.allSatisfy { try $0.object("Principal").string("AWS") == "arn:aws:iam::111122223333:role/h" })
    }

    @Test("the key that S3 encrypts with is used by way of S3 alone")
    func bucketKey() throws {
        var subject = try Self.subject()
        subject.bucketKey = "arn:aws:kms:us-east-1:111122223333:key/bucket"
        let judge = PolicyJudge(policy: AccessPolicies(subject).policy(for: .prune))
        let key = "arn:aws:kms:us-east-1:111122223333:key/bucket"
        #expect(try judge.allows("kms:GenerateDataKey", key, ["kms:ViaService": "s3.us-east-1.amazonaws.com"]))
        #expect(try !judge.allows("kms:GenerateDataKey", key))
    }
}
