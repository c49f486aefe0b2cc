import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast hold list`
struct HoldListCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the holds, and the snapshots under each.",
        discussion: """
            Example: holdfast hold list

            Without --cluster those of all clusters; a cluster that cannot be read is told below the others, with its exit code.

            JSON: an array of {name, cluster, snapshots[]}; then an exit_error in a line of its own for each cluster that cannot \
            be read.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let found = try await project.listSnapshots()
        var rows: [(name: String, cluster: String, snapshots: [SnapshotID])] = []
        for (cluster, reading) in found.answers {
            let views = reading.snapshots.filter(\.log.exists)
            for name in Set(views.flatMap(\.log.holds)).sorted() {
                rows.append((name, cluster.name, views.filter { $0.log.holds.contains(name) }.map(\.id)))
            }
        }
        if session.options.isJSON {
            try session.output.print(
                rows.map { row -> JSONValue in
                    .object([
                        "name": .string(row.name), "cluster": .string(row.cluster),
                        "snapshots": .array(row.snapshots.map { .text($0) }),
                    ])
                })
            return found.tellFailures(in: session)
        }
        var table = Table([("Hold", .left), ("Cluster", .left), ("Snapshots", .left)])
        for row in rows { table.add([row.name, row.cluster, row.snapshots.map(\.short).joined(separator: ", ")]) }
        for line in table.lines { try session.output.print(line) }
        try session.output.print(rows.count == 1 ? "1 hold" : "\(rows.count) holds")
        return found.tellFailures(in: session)
    }
}
