package import HoldfastFormat

/// The policies with which AWS lets each role do its work on one project and nothing else.
///
/// What is in them is what the code asks for, and no more: `scripts/iam-test` has every role do its work, and try the others'.
package struct AccessPolicies: Sendable {
    private let subject: PolicySubject

    package init(_ subject: PolicySubject) { self.subject = subject }

    private static let version: JSONValue = "2012-10-17"

    private static func document(_ statements: [JSONObject]) -> JSONObject {
        ["Version": version, "Statement": .array(statements.map { .object($0) })]
    }

    /// Who may assume the role, and saying what: the same for every role.
    package var trust: JSONObject {
        var statement: JSONObject = [
            "Sid": "AssumeForHoldfast", "Effect": "Allow", "Principal": ["AWS": .string(subject.trusted)],
            "Action": "sts:AssumeRole",
        ]
        if let id = subject.externalID {
            statement.append("Condition", ["StringEquals": ["sts:ExternalId": .string(id)]])
        }
        return Self.document([statement])
    }

    /// What the role itself may do.
    package func policy(for role: AccessRole) -> JSONObject {
        Self.document(bucketStatements(role) + keyStatements(role) + bucketKeyStatements(role))
    }

    /// What is to be added to the key policy of each CMK; nil for a role that uses none. In a key policy `*` is that key.
    package func keyPolicy(_ principals: [(role: AccessRole, arn: String)]) -> JSONObject? {
        guard !subject.keys.isEmpty else { return nil }
        let statements = principals.flatMap { role, arn in
            [("Use", role.uses, condition(role)), ("Describe", role.administration, nil)].compactMap {
                purpose, actions, condition -> JSONObject? in
                guard !actions.isEmpty else { return nil }
                var statement: JSONObject = [
                    "Sid": .string("\(purpose)As\(role.identifier)"), "Effect": "Allow", "Principal": ["AWS": .string(arn)],
                    "Action": .array(actions.map(JSONValue.string)), "Resource": "*",
                ]
                if let condition { statement.append("Condition", condition) }
                return statement
            }
        }
        return statements.isEmpty ? nil : Self.document(statements)
    }
}

/// What is asked of S3.
extension AccessPolicies {
    private func bucketStatements(_ role: AccessRole) -> [JSONObject] {
        guard !subject.repositories.isEmpty else { return [] }
        var statements = subject.repositories.enumerated().map { list($0.element, $0.offset) }
        let writes = role.creates + role.replaces
        let allowed: [(String, [String], [String])] = [
            ("Read", ["s3:GetObject"], role.reads), ("Write", ["s3:PutObject"], writes),
            ("TidyUploads", ["s3:AbortMultipartUpload"], role.isHost ? ["packs/*"] : []),
            ("Delete", ["s3:DeleteObject"], role.deletes),
        ]
        if subject.locksObjects { statements += lockStatements(role) }
        for (sid, actions, names) in allowed where !names.isEmpty { statements.append(statement(sid, actions, names)) }
        if !role.leaves.isEmpty {
            statements.append(statement("LeaveToOthers", ["s3:PutObject"], role.leaves, effect: "Deny"))
        }
        if !role.creates.isEmpty {
            // To replace is to delete. Parts of an upload carry no condition: what they become does.
            let condition: JSONValue = [
                "Null": ["s3:if-none-match": "true"], "Bool": ["s3:ObjectCreationOperation": "true"],
            ]
            statements.append(
                statement("CreateOnlyIfAbsent", ["s3:PutObject"], role.creates, effect: "Deny", condition: condition))
        }
        return statements
    }

    /// Whoever may lock may not unlock: nobody has `s3:BypassGovernanceRetention` or `s3:DeleteObjectVersion`.
    private func lockStatements(_ role: AccessRole) -> [JSONObject] {
        guard !role.locks.isEmpty else { return [] }
        let actions = ["s3:PutObjectRetention"] + (role.seesLocks ? ["s3:GetObjectRetention"] : [])
        var statements = [statement("Lock", actions, role.locks)]
        if role == .keyAdmin {
            statements.append([
                "Sid": "SeeThatTheBucketLocks", "Effect": "Allow", "Action": ["s3:GetBucketObjectLockConfiguration"],
                "Resource": .array(Set(subject.repositories.map(\.bucket)).sorted().map { .string(arn(of: $0)) }),
            ])
        }
        return statements
    }

    /// Without this right S3 says "denied" of objects that are not there. It asks for it then without any prefix: hence `IfExists`.
    private func list(_ repository: S3Address, _ index: Int) -> JSONObject {
        var statement: JSONObject = [
            "Sid": .string("List\(index == 0 ? "" : "\(index + 1)")"), "Effect": "Allow", "Action": ["s3:ListBucket"],
            "Resource": [.string(arn(of: repository.bucket))],
        ]
        if !repository.prefix.isEmpty {
            statement.append("Condition", ["StringLikeIfExists": ["s3:prefix": [.string("\(repository.prefix)*")]]])
        }
        return statement
    }

    private func statement(
        _ sid: String, _ actions: [String], _ names: [String], effect: JSONValue = "Allow", condition: JSONValue? = nil
    ) -> JSONObject {
        let resources = subject.repositories.flatMap { repository in
            names.map { JSONValue.string("\(arn(of: repository.bucket))/\(repository.prefix)\($0)") }
        }
        var statement: JSONObject = [
            "Sid": .string(sid), "Effect": effect, "Action": .array(actions.map(JSONValue.string)), "Resource": .array(resources),
        ]
        if let condition { statement.append("Condition", condition) }
        return statement
    }

    private func arn(of bucket: String) -> String { "arn:\(subject.partition):s3:::\(bucket)" }
}

/// What is asked of AWS KMS.
extension AccessPolicies {
    private func keyStatements(_ role: AccessRole) -> [JSONObject] {
        guard !subject.keys.isEmpty else { return [] }
        let keys = JSONValue.array(subject.keys.map(JSONValue.string))
        var statements: [JSONObject] = []
        if role.usesKeys {
            var use: JSONObject = [
                "Sid": "UseKeys", "Effect": "Allow", "Action": .array(role.uses.map(JSONValue.string)), "Resource": keys,
            ]
            if let condition = condition(role) { use.append("Condition", condition) }
            statements.append(use)
        }
        if !role.administration.isEmpty {
            statements.append([
                "Sid": role == .keyAdmin ? "AdministerKeys" : "DescribeKeys", "Effect": "Allow",
                "Action": .array(role.administration.map(JSONValue.string)), "Resource": keys,
            ])
        }
        if role.listsKeys {
            // These are asked of an account and not of a key.
            statements.append([
                "Sid": "ListKeys", "Effect": "Allow", "Action": ["kms:ListKeys", "kms:ListAliases"], "Resource": "*",
            ])
        }
        return statements
    }

    /// Names of the encryption context's pairs: `docs/FORMAT.md`, section 5.
    private func condition(_ role: AccessRole) -> JSONValue? {
        guard role.usesKeys else { return nil }
        var pairs: JSONObject = ["kms:EncryptionContext:holdfast:project": .string(subject.project)]
        if role.isHost, let node = subject.node { pairs.append("kms:EncryptionContext:holdfast:node", .string(node)) }
        return ["StringEquals": .object(pairs)]
    }

    /// Where S3 encrypts with a key of the customer's, it does so in the caller's name.
    private func bucketKeyStatements(_ role: AccessRole) -> [JSONObject] {
        guard let key = subject.bucketKey, !subject.repositories.isEmpty else { return [] }
        let isWriter = !role.creates.isEmpty
        return [
            [
                "Sid": "KeyOfTheBucket", "Effect": "Allow",
                "Action": .array(["kms:Decrypt"] + (isWriter ? ["kms:GenerateDataKey"] : [])), "Resource": .string(key),
                "Condition": ["StringEquals": ["kms:ViaService": .string("s3.\(subject.region).amazonaws.com")]],
            ]
        ]
    }
}

extension AccessRole {
    /// For a statement's Sid, which has letters and digits alone.
    fileprivate var identifier: String {
        rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
