package import HoldfastModel

/// What a project's policies are about: everything in them that differs from project to project.
package struct PolicySubject: Hashable, Sendable {
    package var project: String
    package var partition: String
    /// In which the roles are, in twelve digits.
    package var account: String
    /// Those in S3.
    package var repositories: [S3Address]
    /// ARNs of CMKs in AWS KMS, with one `*` at the end where the project trusts a pattern.
    package var keys: [String]
    /// The key that S3 itself encrypts with, where the project names one, as S3 takes it.
    package var bucketKey: String?
    /// The Region of the buckets: of the S3 that uses `bucketKey`.
    package var region: String
    /// Whether objects are locked until a date.
    package var locksObjects: Bool
    /// Who may assume the roles: the ARN of an account's root, of a user or of a role.
    package var trusted: String
    /// What has to be said to assume them; nil where nothing is asked.
    package var externalID: String?
    /// The one node whose snapshots a host may make and open; nil for any.
    package var node: String?

    package init(
        project: String, partition: String, account: String, repositories: [S3Address] = [], keys: [String] = [],
        bucketKey: String? = nil, region: String, locksObjects: Bool = false, trusted: String? = nil, externalID: String? = nil,
        node: String? = nil
    ) {
        self.project = project
        self.partition = partition
        self.account = account
        self.repositories = repositories
        self.keys = keys
        self.bucketKey = bucketKey
        self.region = region
        self.locksObjects = locksObjects
        self.trusted = trusted ?? "arn:\(partition):iam::\(account):root"
        self.externalID = externalID
        self.node = node
    }

    /// What AWS calls a role of this account.
    package func arn(ofRole name: String) -> String { "arn:\(partition):iam::\(account):role/\(name)" }

    /// The CMKs in AWS KMS among what a project trusts, as policies name them: multi-Region ones in every Region that is tried.
    package static func keys(_ trusted: [CMKPattern], regions: [String]) -> [String] {
        var keys: [String] = []
        for pattern in trusted where pattern.text.hasPrefix("\(KeyARN.scheme):") {
            let text = String(pattern.text.dropFirst(KeyARN.scheme.count + 1))
            for key in [text] + relatives(of: text, in: regions) where !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    /// Of what a pattern stands for, multi-Region CMKs alone have members elsewhere.
    private static func relatives(of text: String, in regions: [String]) -> [String] {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        let family = "key/mrk-"
        guard parts.count == 6, let resource = parts.last else { return [] }
        let isPattern = resource.hasSuffix("*") && family.hasPrefix(resource.dropLast())
        guard isPattern || resource.hasPrefix(family) else { return [] }
        let member = isPattern ? family + "*" : resource
        return regions.filter { $0 != parts[3] }.map {
            ([parts[0], parts[1], parts[2], $0, parts[4]] + [member]).joined(separator: ":")
        }
    }
}
