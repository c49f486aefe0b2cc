/// The clear header of a manifest: all that retention, prune and the deletion check need, and nothing else
/// (`docs/FORMAT.md`, section 2). It stands under the header MAC, which only a key proves.
package struct ManifestHeader: Hashable, Sendable {
    /// SHA-256 of record 0's bytes as stored.
    package var start: Digest
    package var cluster: String
    package var node: String
    package var source: String
    /// The start of the walk, or `--time`: drives expiry, `latest` and order.
    package var time: Timestamp
    package var started: Timestamp
    package var finished: Timestamp
    /// Exclusive: condemned once now is at or past it; nil: no date of its own.
    package var expires: Timestamp?
    /// Nil where the store was not asked to keep anybody from deleting it.
    package var lock: SnapshotLock?
    /// The schedule items that it serves; empty on demand.
    package var items: [String]
    package var label: String
    package var tags: [String]
    package var base: SnapshotID?
    /// The number of the newest barrier in the key log that it was taken under.
    package var barrier: Int?
    /// The last key-log record read before the commit.
    package var keyLogPosition: Int
    package var bytesRead: UInt64
    package var bytesNew: UInt64
    package var bytesStored: UInt64
    package var files: UInt64
    /// How many files could not be read, or changed while they were read.
    package var incomplete: UInt64
    package var envelopes: [Envelope]
    /// The program and version that wrote it.
    package var tool: String

    package init(
        start: Digest, cluster: String, node: String, source: String, time: Timestamp, started: Timestamp,
        finished: Timestamp, expires: Timestamp?, lock: SnapshotLock? = nil, items: [String] = [], label: String = "",
        tags: [String] = [],
        base: SnapshotID?, barrier: Int?, keyLogPosition: Int, bytesRead: UInt64, bytesNew: UInt64, bytesStored: UInt64,
        files: UInt64, incomplete: UInt64, envelopes: [Envelope], tool: String
    ) {
        self.start = start
        self.cluster = cluster
        self.node = node
        self.source = source
        self.time = time
        self.started = started
        self.finished = finished
        self.expires = expires
        self.lock = lock
        self.items = items
        self.label = label
        self.tags = tags
        self.base = base
        self.barrier = barrier
        self.keyLogPosition = keyLogPosition
        self.bytesRead = bytesRead
        self.bytesNew = bytesNew
        self.bytesStored = bytesStored
        self.files = files
        self.incomplete = incomplete
        self.envelopes = envelopes
        self.tool = tool
    }
}

extension ManifestHeader {
    /// Stands for the header of a snapshot that has none yet: one that is being resumed.
    package static func placeholder(_ start: SnapshotStart, at time: Timestamp, startDigest: Digest) -> ManifestHeader {
        ManifestHeader(
            start: startDigest, cluster: start.cluster, node: start.node, source: start.source, time: time, started: time,
            finished: time, expires: nil, base: start.base, barrier: nil, keyLogPosition: start.keyLogPosition, bytesRead: 0,
            bytesNew: 0, bytesStored: 0, files: 0, incomplete: 0, envelopes: [], tool: "")
    }
}

/// One row of a manifest's clear pack table.
package struct PackEntry: Hashable, Sendable {
    package let id: Digest
    /// The snapshot that uploaded it; with the id this is the object's name.
    package let owner: SnapshotID
    package let byteCount: Int

    package init(id: Digest, owner: SnapshotID, byteCount: Int) {
        self.id = id
        self.owner = owner
        self.byteCount = byteCount
    }

    package var name: ObjectName { .pack(id, of: owner) }
}

extension ManifestHeader {
    /// Of a snapshot that `check --repair` made of what still stood of its base; no policy gives this label.
    package static let salvagedLabel = "salvaged"

    /// The snapshot that it was made of.
    package var salvaged: SnapshotID? { label == Self.salvagedLabel ? base : nil }

    /// Some of that one's files are not in it: retention counts it as damaged, so that it pushes nothing out.
    package var isSalvagedInPart: Bool { salvaged != nil && incomplete > 0 }
}
