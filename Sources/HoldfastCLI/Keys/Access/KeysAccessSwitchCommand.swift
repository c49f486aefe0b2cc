import ArgumentParser
import HoldfastAWS
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast keys access switch`
struct KeysAccessSwitchCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "switch", abstract: "Move the project to a role, or back to static credentials; tried before it is saved.",
        discussion: """
            Example: holdfast keys access switch --role arn:aws:iam::111122223333:role/holdfast-host --external-id 7f3a

            The role is assumed; with it each repository is read and listed, and every active CMK in AWS KMS is described, and \
            wraps and unwraps a probe. Only when all of that succeeds are role: and external_id: written into the project file, \
            where everything else stays as it is. Older CMKs are tried on a snapshot's own envelope: what does not open is told \
            under "left". With --for only what that role needs is tried: see holdfast keys access policy. The former role goes \
            to trusted_roles: under aws-kms:, so that what was wrapped through it still opens through it.

            JSON: {message_type: "access_switched", dry_run, role, external_id, static, identity, trusted_roles[], cmks [{uri, \
            tried[]}], clusters [{name, repository, snapshots}], left[]}.
            """)

    @Option(help: ArgumentHelp("The role to assume from now on.", valueName: "arn"))
    var role: String?

    @Option(help: ArgumentHelp("The external id that the role's trust policy asks for.", valueName: "id"))
    var externalId: String?

    @Flag(name: .customLong("static"), help: "Back: assume no role, and use the credentials as they are found.")
    var isStatic = false

    @Option(name: .customLong("for"), help: "Try only what this role needs.")
    var purpose: AccessRole?

    @Flag(name: [.customShort("n"), .long], help: "Try it, and save nothing.")
    var dryRun = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard (role != nil) != isStatic else { throw ValidationError("name a role with --role, or say --static") }
        if externalId != nil, role == nil { throw ValidationError("--external-id needs --role") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let standing = try ProjectContext(session)
        _ = try standing.servicesOfAWS()
        let draft = try ProjectFileWriter.draft(
            changes(of: standing), of: session.absolute(standing.file), workingDirectory: session.workingDirectory)
        // What the new access itself cannot do is to show now.
        var tried = draft.project
        tried.keyManagers.aws?.trustedRoles = []
        if isStatic { tried.keyManagers.aws?.externalID = nil }
        let context = ProjectContext(session, tried, file: standing.file)
        var outcome: AccessTrial.Outcome
        do {
            outcome = try await AccessTrial(context: context, purpose: purpose).run()
        } catch {
            throw Failure(error).saying("not switched, and nothing was changed")
        }
        if !dryRun { try ProjectFileWriter.save(draft) }
        outcome.left += try await left(standing, context, outcome) + leftBehind(standing, draft.project)
        try report(outcome, standing, trusted: draft.project.keyManagers.aws?.trustedRoles ?? [], in: session)
        return .done
    }

    private func changes(of standing: ProjectContext) -> [FieldChange] {
        guard standing.usesAWSKeys else {
            let place = ["stores", "s3"]
            return [FieldChange(place + ["role"], text: role), FieldChange(place + ["external_id"], text: externalId)]
        }
        let place = ["key_managers", "aws-kms"]
        let former = standing.project.keyManagers.aws ?? AWSSettings()
        let kept = ([former.role].compactMap(\.self) + former.trustedRoles.filter { $0 != former.role }).filter { $0 != role }
        // The roles that stay trusted are assumed with it.
        let id = role == nil && !kept.isEmpty ? former.externalID : externalId
        return [
            FieldChange(place + ["trusted_roles"], kept.isEmpty ? nil : .list(kept)),
            FieldChange(place + ["role"], text: role), FieldChange(place + ["external_id"], text: id),
        ]
    }

    /// What becomes of the role that was left.
    private func leftBehind(_ standing: ProjectContext, _ draft: Project) -> [String] {
        guard let former = standing.project.keyManagers.aws, let left = former.role,
            let now = draft.keyManagers.aws, now.trustedRoles.contains(left)
        else { return [] }
        let line = "\(left) stays in trusted_roles: for what was wrapped through it: take it out once no snapshot needs it"
        guard former.externalID != now.externalID else { return [line] }
        return [line, "\(left) will be assumed with external id \(now.externalID ?? "none"): its trust policy has to take that"]
    }

    private func left(
        _ standing: ProjectContext, _ context: ProjectContext, _ outcome: AccessTrial.Outcome
    ) async throws -> [String] {
        var left: [String] = []
        if isStatic, outcome.credentials.isStatic {
            left.append(
                "WARNING: static credentials (\(outcome.credentials)) last until people revoke them: go back to a role soon")
        }
        let own = standing.project.s3.access.role
        if standing.usesAWSKeys, standing.usesS3, context.project.s3.access.role == own,
            own != standing.project.keyManagers.aws?.role
        {
            left.append("stores: s3: has a role of its own (\(own ?? "none")): it was left as it is")
        }
        guard let role else { return left }
        if externalId == nil {
            left.append("\(role) asks for no external id: see what its trust policy should say: holdfast keys access policy")
        }
        let (service, settings) = try context.servicesOfAWS()[0]
        let found = try await context.aws.way(to: service, settings).identity.found.credentials()
        if found.isStatic {
            left.append(
                "the role is assumed with static credentials (\(found)): give this machine a role of its own, then delete "
                    + "that access key")
        }
        left.append("every other machine with a copy of this project file: switch there, too")
        left.append("once all have switched, take from the former credentials what they may do with the CMKs and the bucket")
        return left
    }

    private func report(
        _ outcome: AccessTrial.Outcome, _ project: ProjectContext, trusted: [String], in session: Session
    ) throws {
        if session.options.isJSON {
            return try session.output.print([
                "message_type": "access_switched", "dry_run": .bool(dryRun), "role": .text(role),
                "external_id": .text(externalId), "static": .bool(outcome.credentials.isStatic),
                "identity": .string(outcome.identity), "trusted_roles": .array(trusted.map(JSONValue.string)),
                "cmks": .array(
                    outcome.cmks.map { cmk, tried in
                        .object(["uri": .text(cmk), "tried": .array(tried.map(JSONValue.string))])
                    }),
                "clusters": .array(
                    outcome.clusters.map { name, place, snapshots in
                        .object([
                            "name": .string(name), "repository": .string(place), "snapshots": .integer(Int64(snapshots)),
                        ])
                    }), "left": .array(outcome.left.map(JSONValue.string)),
            ])
        }
        try session.output.print("as        \(outcome.identity)")
        for (name, place, snapshots) in outcome.clusters {
            try session.output.print("cluster   \(Table.printable(name)): \(place) read, \(snapshots) snapshots listed")
        }
        for (cmk, tried) in outcome.cmks {
            try session.output.print("CMK       \(cmk): \(tried.joined(separator: ", "))")
        }
        let what = role.map { "role \($0)" } ?? "no role, but the credentials as they are found"
        try session.output.print(dryRun ? "would be  \(what)" : "saved     \(what), in \(project.file)")
        for line in outcome.left { try session.output.print("left      \(line)") }
    }
}

extension AccessRole: ExpressibleByArgument {}
