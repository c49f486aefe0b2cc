import ArgumentParser
import Holdfast

/// What narrows `latest`.
struct SnapshotChoice: ParsableArguments {
    @Option(help: "With `latest`: the newest of this node.")
    var node: String?

    @Option(help: "With `latest`: the newest that bears this tag; again for more.")
    var tag: [String] = []

    /// Finds the snapshot and opens it with the project's keys.
    func open(_ name: String, in context: ClusterContext) async throws -> OpenedSnapshot {
        let view = try await context.select(name, node: node, tags: tag)
        return try await OpenedSnapshot.open(view, in: context.repository, with: context.keys)
    }
}
