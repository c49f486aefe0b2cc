import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast status`
struct StatusCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Where everything stands, on one screen.",
        discussion: """
            Example: holdfast status

            Exit 6 on a critical alert: a snapshot gone that should not be, a cluster that cannot be read, a CMK that snapshots \
            need disabled or about to be deleted, a drill that failed. No passphrase is asked for.

            JSON: {message_type: "status", project, clusters: [{name, backup, readable, newest: {id, time}, snapshots, \
            active_cmk, drill: {time, outcome, covers_cluster, snapshots[], cmks[], files, bytes, message} \
            or null: the last one on this machine, last_passed (time)}], drill: {every, sample, host} or null, rotation: {to, lagging, unretired, writers: [{cluster, snapshot, node, source}]} or null, alerts: [{kind, \
            level, subject, message, next[], since}]}. Alerts are those of the whole project, as keys audit tells them.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let chosen = try project.chosenClusters()
        var members: [ProjectStatus.Member] = []
        for cluster in chosen { members.append(try await member(cluster, of: project)) }
        let drills = try project.drillWatch()
        let audit = try await Audit(project: project).alerts(drills: drills)
        let status = ProjectStatus(members, recovery: Set(project.project.recovery))
        let text = StatusText(status: status, audit: audit, drills: drills, project: project.project)
        if session.options.isJSON {
            try session.output.print(text.json)
        } else {
            try text.lines.forEach(session.output.print)
        }
        return audit.isCritical ? .criticalAlert : .done
    }

    /// A cluster that cannot be read is part of the answer.
    private func member(_ cluster: Cluster, of project: ProjectContext) async throws -> ProjectStatus.Member {
        do {
            let context = try await project.open(cluster)
            return ProjectStatus.Member(
                name: cluster.name, isBackupOn: cluster.isBackupOn, reading: try await context.reading())
        } catch {
            let failure = Failure(error)
            guard failure.status != .interrupted else { throw error }
            return ProjectStatus.Member(name: cluster.name, isBackupOn: cluster.isBackupOn, reading: nil)
        }
    }
}
