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
            need disabled or about to be deleted. No passphrase is asked for.

            JSON: {message_type: "status", project, clusters: [{name, backup, readable, newest: {id, time}, snapshots, \
            active_cmk}], rotation: {to, lagging, writers: [{cluster, snapshot, node, source}]} or null, alerts: [{critical, \
            cluster, message}]}.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let chosen = try project.chosenClusters()
        var members: [ProjectStatus.Member] = []
        for cluster in chosen { members.append(try await member(cluster, of: project)) }
        let status = ProjectStatus(members)
        if session.options.isJSON {
            try session.output.print(StatusText(status: status, project: project.project.name).json)
        } else {
            try StatusText(status: status, project: project.project.name).lines.forEach(session.output.print)
        }
        return status.isCritical ? .criticalAlert : .done
    }

    /// A cluster that cannot be read is part of the answer.
    private func member(_ cluster: Cluster, of project: ProjectContext) async throws -> ProjectStatus.Member {
        do {
            let context = try await project.open(cluster)
            let reading = try await ReadRepository(
                context.repository, witness: context.witness, catalog: context.catalog
            ).run(at: context.now)
            var states: [CMK: CMKState] = [:]
            for cmk in reading.neededCMKs { states[cmk] = await project.keys.state(of: cmk) }
            return ProjectStatus.Member(
                name: cluster.name, isBackupOn: cluster.isBackupOn, reading: reading, cmkStates: states)
        } catch {
            let failure = Failure(error)
            guard failure.status != .interrupted else { throw error }
            return ProjectStatus.Member(
                name: cluster.name, isBackupOn: cluster.isBackupOn, reading: nil, problem: failure.message)
        }
    }
}
