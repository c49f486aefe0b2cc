/// A source of a node, and whether a snapshot of it is due.
package struct DueSource: Hashable, Sendable {
    package let source: Source
    package let run: DueRun
    /// How many files its newest snapshot has; nil where there is none.
    package let newestFileCount: UInt64?
}

extension Cluster {
    /// What is due for each source of a node, in the file's order. `snapshots`: the headers of all that exist, of whatever node; a
    /// snapshot that failed does not exist, and so never counts.
    package func dueSources(of node: Node, among snapshots: [ManifestHeader], at now: Timestamp) -> [DueSource] {
        node.sources.map { source in
            let taken = snapshots.filter { $0.node == node.name && $0.source == source.name }
            let newest = taken.filter { $0.time <= now }.max { ($0.time, $0.finished) < ($1.time, $1.finished) }
            return DueSource(
                source: source,
                run: policy.due(
                    after: taken.map { ScheduledRun(time: $0.time, items: $0.items) }, at: now, isBackupOn: isBackupOn),
                newestFileCount: newest?.files)
        }
    }
}
