import ArgumentParser
import Holdfast
import HoldfastModel

/// Which snapshots a command is about.
struct SnapshotOptions: ParsableArguments {
    @Option(help: "Only snapshots of this node.")
    var node: String?

    @Option(help: "Only snapshots with this tag; again for more, all of which they bear.")
    var tag: [String] = []

    func fits(_ header: ManifestHeader) -> Bool {
        node.map { $0 == header.node } ?? true && tag.allSatisfy(header.tags.contains)
    }
}

extension ClusterContext {
    /// Opens the snapshot that a word of the command line names.
    func openSnapshot(_ name: String, _ options: SnapshotOptions) async throws -> OpenedSnapshot {
        let view = try await select(name, node: options.node, tags: options.tag)
        return try await OpenedSnapshot.open(view, in: repository, with: keys)
    }

    /// Reads all logs and holds them against what this machine remembers.
    func reading() async throws -> RepositoryReading {
        try await ReadRepository(repository, watch: watch, catalog: catalog).run()
    }

    /// Remembers what was appended: it is to be missed as well where it is hidden later, and no snapshot before its new date.
    func observe() async throws { _ = try await reading() }

    /// Reads as `reading` does, and tells on standard error what the witness misses.
    func read(_ session: Session) async throws -> RepositoryReading {
        let reading = try await reading()
        tell(reading.alarms, in: session)
        return reading
    }

    fileprivate func list(_ session: Session) async throws -> (reading: RepositoryReading, problem: HoldfastError?) {
        let listing = try await ReadRepository(repository, watch: watch, catalog: catalog).list()
        tell(listing.reading.alarms, in: session)
        return listing
    }

    private func tell(_ alarms: [WitnessAlarm], in session: Session) {
        for alarm in alarms { session.output.note("holdfast: alarm: cluster \(cluster.name): \(alarm)") }
    }
}

extension ProjectContext {
    /// The snapshots of each cluster; one of which only the key log cannot be read lists them, and fails as well.
    func listSnapshots() async throws -> ClusterAnswers<RepositoryReading> {
        try await askEach { context in try await context.list(session) }.apart { ($0.reading, $0.problem) }
    }
}
