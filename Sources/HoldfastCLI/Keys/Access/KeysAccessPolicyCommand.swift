import ArgumentParser
import HoldfastAWS
import HoldfastFormat
import HoldfastModel

/// `holdfast keys access policy`
struct KeysAccessPolicyCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print the policies that let each role do its work in AWS and nothing else.",
        discussion: """
            Example: holdfast keys access policy --for host

            For each role, with the project's own bucket, prefix, CMKs and name filled in: the trust policy (who may assume it, \
            and saying which external id), the IAM policy, and what is to be added to the key policy of every CMK. Nothing is \
            asked of AWS. host takes no base and may encrypt alone; host-with-base refers to its earlier snapshots; prune uses \
            no CMK; key-admin makes repositories, rotates and deletes CMKs; auditor reads and proves; restore restores.

            JSON: {message_type: "access_policies", project, external_id, trust_policy, roles [{role, arn, policy}], \
            key_policy}; the three policies are IAM's own: {Version, Statement [{Sid, Effect, Principal {AWS}, Action, \
            Resource, Condition {StringEquals, StringLikeIfExists, Null, Bool}}]}.
            """)

    @Option(name: .customLong("for"), help: "Only this role; may be repeated.")
    var roles: [AccessRole] = []

    @Option(help: ArgumentHelp("The role that the one of --for is; default holdfast-ROLE.", valueName: "arn"))
    var role: String?

    @Option(
        help: ArgumentHelp("The external id to ask for; default the project's, then its first repository's id.", valueName: "id"))
    var externalId: String?

    @Option(
        help: ArgumentHelp("Who may assume the roles: an account's root, a user, a role; default the account.", valueName: "arn"))
    var trust: String?

    @Option(help: "The account of the roles; default that of the CMKs.")
    var account: String?

    @Option(help: "Let a host make and open this node's snapshots alone.")
    var node: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if role != nil, roles.count != 1 { throw ValidationError("--role needs exactly one --for") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        _ = try project.servicesOfAWS()
        let subject = try subject(of: project)
        let policies = AccessPolicies(subject)
        let chosen = roles.isEmpty ? AccessRole.allCases : AccessRole.allCases.filter(roles.contains)
        let principals = chosen.map { ($0, role ?? subject.arn(ofRole: "holdfast-\($0.rawValue)")) }
        let keyPolicy = policies.keyPolicy(principals)
        if externalId == nil, project.project.keyManagers.aws?.externalID == nil, let id = subject.externalID {
            session.note("the project file has no external id yet: holdfast keys access switch --role ARN --external-id \(id)")
        }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "access_policies", "project": .string(project.project.name),
                "external_id": .text(subject.externalID), "trust_policy": .object(policies.trust),
                "roles": .array(
                    principals.map { role, arn in
                        .object([
                            "role": .string(role.rawValue), "arn": .string(arn), "policy": .object(policies.policy(for: role)),
                        ])
                    }), "key_policy": keyPolicy.map(JSONValue.object) ?? .null,
            ])
            return .done
        }
        try show("Trust policy of \(chosen.count == 1 ? "the role" : "each role")", policies.trust, in: session)
        for (role, arn) in principals {
            try show("\(role.rawValue): IAM policy of \(arn)", policies.policy(for: role), in: session)
        }
        if let keyPolicy {
            try show("Key policy of every CMK: add these statements to those that stand there", keyPolicy, in: session)
        }
        return .done
    }

    private func show(_ title: String, _ policy: JSONObject, in session: Session) throws {
        try session.output.print("# \(title)")
        try session.output.print(JSONValue.object(policy).indented)
        try session.output.print("")
    }

    private func subject(of context: ProjectContext) throws -> PolicySubject {
        let project = context.project
        let kms = project.keyManagers.aws
        let keys = PolicySubject.keys(project.trustedPatterns, regions: kms?.regions ?? [])
        // arn:PARTITION:SERVICE:REGION:ACCOUNT:…, cut short where a pattern is.
        let parts = [keys.first, kms?.role, project.s3.access.role].compactMap(\.self).map {
            $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        }
        let found = parts.lazy.compactMap { $0.count > 5 && $0[4].count == 12 ? $0[4] : nil }.first
        guard let account = account ?? found ?? project.s3.bucketOwner else {
            throw Failure(.usage, "it is not known which account the roles are in", context.file, "name it with --account")
        }
        let settings = [project.s3.access.region, kms?.region, context.session.variable("AWS_REGION")].compactMap(\.self)
        let region = settings.first ?? parts.first.flatMap { $0.count > 3 && !$0[3].isEmpty ? $0[3] : nil } ?? "us-east-1"
        return PolicySubject(
            project: project.name, partition: Partition(region: region).name, account: account,
            repositories: try repositories(of: project), keys: keys, bucketKey: project.s3.bucketKey, region: region,
            locksObjects: project.s3.lock != nil, trusted: trust, externalID: externalID(project), node: node)
    }

    /// A role that is in use without one asks for none.
    private func externalID(_ project: Project) -> String? {
        let access = project.keyManagers.aws ?? project.s3.access
        if let id = externalId ?? access.externalID ?? project.s3.access.externalID { return id }
        return access.role == nil ? project.clusters.lazy.compactMap(\.id).first?.hex : nil
    }

    private func repositories(of project: Project) throws -> [S3Address] {
        try project.clusters.filter(\.repository.isS3).map { cluster in
            do throws(S3AddressError) {
                return try S3Address(cluster.repository.description)
            } catch {
                throw Failure(.usage, error.problem, error.address, "correct repository: of cluster \(cluster.name)")
            }
        }
    }
}

extension S3Settings {
    /// The key that S3 is told to encrypt with; nil where it uses one of its own, or the bucket's.
    fileprivate var bucketKey: String? {
        let prefix = "aws:kms:"
        guard let encryption, encryption.hasPrefix(prefix) else { return nil }
        return String(encryption.dropFirst(prefix.count))
    }
}
