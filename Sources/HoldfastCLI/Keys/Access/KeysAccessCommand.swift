import ArgumentParser
import HoldfastAWS
import HoldfastFormat
import HoldfastModel

/// `holdfast keys access`
struct KeysAccessCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "How this project reaches AWS from this machine, and as whom.",
        discussion: """
            Example: holdfast keys access

            Says for AWS KMS and for S3 which Region and address are asked, where the credentials were found, which role is \
            assumed with them, and whom AWS takes the result for. Warns of static credentials. Exit 13 or 14 where there is no \
            access.

            JSON: {message_type: "access", project, ways [{service, regions [{region, endpoint}], private_only, role, \
            external_id, trusted_roles[], source, access_key_id, static, identity, problem}], warnings[]}; what is not there is null.
            """,
        subcommands: [KeysAccessSwitchCommand.self, KeysAccessPolicyCommand.self])

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        var ways: [AccessWay] = []
        for (service, settings) in try project.servicesOfAWS() {
            ways.append(try await AccessWay(to: service, settings, project.aws))
        }
        var warnings: [String] = []
        for warning in ways.compactMap(\.warning) where !warnings.contains(warning) { warnings.append(warning) }
        if session.options.isJSON {
            try session.output.print([
                "message_type": "access", "project": .string(project.project.name),
                "ways": .array(ways.map { .object($0.json) }), "warnings": .array(warnings.map(JSONValue.string)),
            ])
        } else {
            for way in ways { for line in way.lines { try session.output.print(Table.printable(line)) } }
            for warning in warnings { try session.output.print("warning: \(warning)") }
        }
        guard let problem = ways.lazy.compactMap(\.problem).first else { return .done }
        let failure = Failure(problem)
        if !session.options.isJSON { session.output.note(failure.line) }
        return failure.status
    }
}
