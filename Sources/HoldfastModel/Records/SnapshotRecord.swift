/// One record of a snapshot's log, `snapshots/<id>/<n>`; number 1 may be a manifest instead.
package struct SnapshotRecord: Hashable, Sendable {
    package let n: Int
    package let at: Timestamp
    /// The node that wrote it: for people, never for decisions.
    package let by: String
    package let event: Event

    /// So many names of packs fit a record; of more it does not tell.
    package static let mostPacks = 500
    /// The rule of what a person condemned.
    package static let forgetRule = "forget"

    package init(n: Int, at: Timestamp, by: String, event: Event) {
        self.n = n
        self.at = at
        self.by = by
        self.event = event
    }

    package enum Event: Hashable, Sendable {
        case start(SnapshotStart)
        /// At the manifest's own name, so whoever comes second knows.
        case aborted(reason: String)
        case condemned(rule: String, purgeAfter: Timestamp)
        case undeleted(until: Timestamp?, hold: String?)
        case hold(String)
        case release(String)
        /// A new expiry: set by hand, after which no policy changes it, or by applying a policy.
        case expiry(Timestamp, byPolicy: Bool)
        /// The store keeps the snapshot's objects from deletion until then, for longer than before.
        case locked(until: Timestamp)
        /// A rewrap: one more envelope, which counts once it was opened.
        case envelope(Envelope)
        /// What a check found, and the packs that are bad; `packs` nil: which ones is not told, or the damage lies in none.
        case damaged(detail: String, packs: [Digest]? = nil)
        case sound
        /// Final: from here on anybody may delete what belongs to the snapshot.
        case deleting
        /// A kind that this version does not know: prune deletes no pack and decides nothing about the snapshot, the check says unknown.
        case unknown(kind: String)
    }
}

/// What a snapshot's first record says; created once, deleted first, read last.
package struct SnapshotStart: Hashable, Sendable {
    package let cluster: String
    package let node: String
    package let source: String
    package let base: SnapshotID?
    /// The number of the last key-log record that the writer had read (rule R15).
    package let keyLogPosition: Int

    package init(cluster: String, node: String, source: String, base: SnapshotID?, keyLogPosition: Int) {
        self.cluster = cluster
        self.node = node
        self.source = source
        self.base = base
        self.keyLogPosition = keyLogPosition
    }
}
