package import HoldfastModel

/// Where a project stands: each cluster's newest snapshot and CMK, a rotation that is under way, and what is wrong.
package struct ProjectStatus: Sendable {
    /// One cluster, as far as it could be read.
    package struct Member: Sendable {
        package let name: String
        package let isBackupOn: Bool
        /// Nil where it could not be read.
        package let reading: RepositoryReading?
        package init(name: String, isBackupOn: Bool, reading: RepositoryReading?) {
            self.name = name
            self.isBackupOn = isBackupOn
            self.reading = reading
        }
    }

    /// A writer that read the key log before its CMK was retired: it may still commit under the old one.
    package struct Writer: Hashable, Sendable {
        package let cluster: String
        package let snapshot: SnapshotID
        package let node: String
        package let source: String
    }

    /// The CMK that is newest in the project is not everywhere yet.
    package struct Rotation: Hashable, Sendable {
        package let target: CMK
        /// Clusters in which another CMK is active.
        package let laggingClusters: [String]
        /// Clusters in which the target is active, and one that was active before is not retired yet.
        package let unretiredClusters: [String]
        package let openWriters: [Writer]
    }

    package let members: [Member]
    package let rotation: Rotation?

    /// `recovery`: CMKs that a rotation does not retire.
    package init(_ members: [Member], recovery: Set<CMK> = []) {
        self.members = members
        rotation = Self.rotation(of: members, keeping: recovery)
    }

    private static func rotation(of members: [Member], keeping recovery: Set<CMK>) -> Rotation? {
        let logs = members.compactMap { member in member.reading.map { (member.name, $0) } }
        let newest = logs.filter { $0.1.keyLog.active != nil }
            .max { ($0.1.keyLog.activeSince ?? .distantPast) < ($1.1.keyLog.activeSince ?? .distantPast) }
        guard let target = newest?.1.keyLog.active else { return nil }
        let old = logs.reduce(into: Set()) { $0.formUnion($1.1.keyLog.everActive) }.subtracting(recovery.union([target]))
        let lagging = logs.filter { $0.1.keyLog.active != target }.map(\.0)
        let unretired = logs.filter { $0.1.keyLog.active == target && !old.allSatisfy($0.1.keyLog.isRetired) }.map(\.0)
        let writers = logs.flatMap { name, reading in reading.writersBeforeRetirement(of: target, in: name) }
        guard !lagging.isEmpty || !unretired.isEmpty || !writers.isEmpty else { return nil }
        return Rotation(
            target: target, laggingClusters: lagging, unretiredClusters: unretired, openWriters: writers)
    }
}

extension RepositoryReading {
    /// The live snapshot with the latest time.
    package var newest: SnapshotView? {
        snapshots.filter { $0.log.state == .live }.max { a, b in
            guard let a = a.log.header, let b = b.log.header else { return false }
            return (a.time, a.finished) < (b.time, b.finished)
        }
    }

    fileprivate func writersBeforeRetirement(of target: CMK, in cluster: String) -> [ProjectStatus.Writer] {
        let activation = keyLog.records.last { $0.event == .activate(target) }?.n ?? Int.max
        return snapshots.compactMap { view in
            guard view.log.state == .open, let start = view.log.start, start.keyLogPosition < activation else { return nil }
            return ProjectStatus.Writer(cluster: cluster, snapshot: view.id, node: start.node, source: start.source)
        }
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(seconds: .min)
}
