import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast snapshots`
struct SnapshotsCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots", abstract: "List the snapshots; no key is needed.",
        discussion: """
            Example: holdfast snapshots --node db1

            Without --cluster those of all clusters; a cluster that cannot be read is told below the others, with its exit code. \
            Exit 15 where a snapshot cannot be read, and is listed as unreadable, or the key log, and nothing is compared with what \
            this machine remembers.

            JSON: an array of {id, short_id, time, cluster, node, sources[], tags[], label, expires, locked_until, holds[], state (live, trash, \
            unreadable), cmks[], base, bytes_read, bytes_stored, files, incomplete, damaged}; then an exit_error in a line of \
            its own for each cluster that cannot be read.
            """,
        subcommands: [SnapshotsExpireCommand.self], aliases: ["list"])

    @OptionGroup(title: "Snapshot options") var chosen: SnapshotOptions

    @Option(help: "Only snapshots of this source.")
    var source: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let found = try await project.listSnapshots()
        let rows = inOrder(
            found.answers.flatMap { cluster, reading in
                reading.snapshots.filter(\.log.exists)
                    .map { SnapshotRow(view: $0, terms: reading.terms, cluster: cluster.name) }.filter(fits)
            }
        )
        if session.options.isJSON {
            try session.output.print(rows.map { .object($0.json) })
        } else {
            try show(rows, in: session)
        }
        let isUnread = rows.contains { if case .unreadable = $0.view.log.state { true } else { false } }
        return ExitStatus.worst(found.tellFailures(in: session), isUnread ? .damaged : .done)
    }

    private func fits(_ row: SnapshotRow) -> Bool {
        guard let header = row.view.log.header else { return true }
        return chosen.fits(header) && source.map { $0 == header.source } ?? true
    }

    /// By time and id. These are sorted alone: a row is many words long, and each would be moved many times.
    private func inOrder(_ rows: [SnapshotRow]) -> [SnapshotRow] {
        let keys = rows.indices.map { (time: rows[$0].time, id: rows[$0].view.id, index: $0) }
        return keys.sorted { ($0.time, $0.id) < ($1.time, $1.id) }.map { rows[$0.index] }
    }

    private func show(_ rows: [SnapshotRow], in session: Session) throws {
        var table = Table([
            ("ID", .left), ("Time", .left), ("Cluster", .left), ("Node", .left), ("Source", .left), ("Tags", .left),
            ("Stored", .right), ("Files", .right), ("Expires", .left), ("State", .left), ("CMKs", .left),
        ])
        for row in rows { table.add(row.cells) }
        for line in table.lines { try session.output.print(line) }
        try session.output.print(rows.count == 1 ? "1 snapshot" : "\(rows.count) snapshots")
    }
}
