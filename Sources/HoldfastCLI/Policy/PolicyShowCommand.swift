import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast policy show`
struct PolicyShowCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The policy in force, with the next instant of each of its items.",
        discussion: """
            Example: holdfast policy show --cluster shop

            Without --cluster those of all clusters. What compliance demands beyond the project file is said; so a cluster that \
            cannot be read is told below the others, with its exit code.

            JSON: an array of {cluster, backup, at, zone, items [{every, keep, next}], keep_rules, on_demand, keep_min, grace, \
            compliance {min_keep, grace, keep_min} or null}; then an exit_error in a line of its own for each cluster that \
            cannot be read.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let found = try await project.askEach { context in try await context.repository.readKeyLog().log.compliance }
        let shown = found.answers.map { PolicyText(cluster: $0, compliance: $1, now: session.now) }
        if session.options.isJSON {
            try session.output.print(shown.map { .object($0.json) })
        } else {
            for line in shown.flatMap(\.lines) { try session.output.print(line) }
        }
        return found.tellFailures(in: session)
    }
}
