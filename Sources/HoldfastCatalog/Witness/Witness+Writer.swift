import GRDB
package import HoldfastModel

/// What a writer says of its own snapshots, and asks before the next one.
extension Witness {
    /// To be called before the start record is created: a start that is remembered can be resumed, or given up.
    package func rememberStart(
        _ id: SnapshotID, cluster: String, node: String, source: String, at time: Timestamp
    ) throws(WitnessError) {
        let start = WitnessedSnapshot(id: id, cluster: cluster, node: node, source: source, time: time, state: .started)
        try write { try $0.remember(start) }
    }

    /// This node committed the snapshot and has seen that it counts: from now on its absence is an alarm, and it may be a base.
    package func rememberCommit(_ id: SnapshotID, header: ManifestHeader, sum: Digest) throws(WitnessError) {
        try write { database in
            var commit = WitnessedSnapshot(
                id: id, cluster: header.cluster, node: header.node, source: header.source, time: header.time,
                state: .committed, sum: sum, logLength: 2, expires: header.expires, isCommittedHere: true)
            if let known = try database.snapshot(id), known.sum == sum {
                commit.logLength = max(known.logLength, commit.logLength)
                (commit.expires, commit.isCondemned) = (known.expires, known.isCondemned)
            }
            try database.remember(commit)
        }
    }

    /// The snapshot was given up, by its own writer or by a fence: it is not resumed.
    package func rememberAbort(_ id: SnapshotID) throws(WitnessError) {
        try write { database in
            guard var snapshot = try database.snapshot(id) else { return }
            (snapshot.state, snapshot.sum, snapshot.isCommittedHere) = (.aborted, nil, false)
            try database.remember(snapshot)
        }
    }

    /// To be called before the deletion is decided: the snapshot is about to go by this machine's own hand, and may from now on be
    /// gone at any time. Where it stays after all, the next observation says so.
    package func rememberDeletion(_ id: SnapshotID) throws(WitnessError) {
        try write { database in
            guard var snapshot = try database.snapshot(id), snapshot.sum != nil else { return }
            (snapshot.isCondemned, snapshot.expires) = (true, nil)
            try database.remember(snapshot)
        }
    }

    /// Lets go of a start whose start record was never created.
    package func forgetStart(_ id: SnapshotID) throws(WitnessError) {
        try write { database in
            try database.execute(
                sql: "DELETE FROM snapshot WHERE id = ? AND state = 'started' AND sum IS NULL", arguments: [Blob(id.bytes)])
        }
    }

    /// What this node began of the source and has not ended, newest first. Only under this name of the cluster: the start record
    /// bears it, and what goes on from there is opened by it.
    package func openStarts(cluster: String, node: String, source: String) throws(WitnessError) -> [WitnessedSnapshot] {
        try read { try $0.snapshots(node: node, source: source, where: "state = 'started'") }.filter { $0.cluster == cluster }
    }

    /// What this node itself committed of the source and still remembers, under whatever name of the cluster, newest first.
    package func bases(node: String, source: String) throws(WitnessError) -> [WitnessedSnapshot] {
        try read {
            try $0.snapshots(node: node, source: source, where: "state = 'committed' AND committed_here AND NOT condemned")
        }
    }
}

extension Database {
    func snapshot(_ id: SnapshotID) throws -> WitnessedSnapshot? {
        let row = try Row.fetchOne(self, sql: WitnessedSnapshot.selection + " WHERE id = ?", arguments: [Blob(id.bytes)])
        return try row.map(WitnessedSnapshot.init)
    }

    func remember(_ snapshot: WitnessedSnapshot) throws {
        try cachedStatement(sql: WitnessedSnapshot.insertion).execute(arguments: snapshot.arguments)
    }

    fileprivate func snapshots(node: String, source: String, where condition: String) throws -> [WitnessedSnapshot] {
        let sql = """
            \(WitnessedSnapshot.selection) WHERE node = ? AND source = ? AND \(condition)
            ORDER BY time DESC, id DESC
            """
        return try Row.fetchAll(self, sql: sql, arguments: [node, source]).map(WitnessedSnapshot.init)
    }
}
