package import HoldfastFormat
package import HoldfastModel

/// One snapshot to take: of which source, of what, and how.
package struct BackupRequest: Sendable {
    /// Which earlier snapshot may be referred to.
    package enum Base: Sendable {
        /// The newest that this node itself committed and remembers.
        case remembered
        /// The newest of this node and source, whoever committed it: where the cluster trusts all that can write to it.
        case anyOfSource
        case none
        case snapshot(SnapshotID)

        /// Whether an interrupted snapshot may go on from its checkpoint, which is trusted as a base is.
        var allowsResuming: Bool {
            switch self {
            case .remembered, .anyOfSource: true
            case .none, .snapshot: false
            }
        }
    }

    package var node: String
    package var source: String
    package var contents: SnapshotContents
    package var kind: SourceDescription.Kind
    package var base: Base
    package var tags: [String]
    package var label: String
    package var items: [String]
    /// The snapshot's own expiry, exclusive; nil: none.
    package var expires: Timestamp?
    /// Until when it is likely to be kept; nil: nothing is known. Only what is rewritten to win back space depends on it.
    package var keptUntil: Timestamp?
    /// Of the snapshot: now, or `--time`.
    package var time: Timestamp
    /// When it is begun, where that is not its time.
    package var begun: Timestamp
    package var recovery: [CMK]
    /// The middle of the random size at which packs close, in bytes.
    package var packByteCount: Int
    /// A zstd level, 1 to 19.
    package var compressionLevel: Int
    /// How many files are read at once.
    package var readConcurrency: Int
    package var database = DatabaseLayout()
    /// After so many new bytes a checkpoint is due at the latest (`CheckpointSchedule`).
    package var checkpointByteCount: UInt64
    /// The program and version, for the header.
    package var tool: String
    /// Asked once no other backup of this source can run here, and before anything is written: an error ends it there.
    package var beforeStart: @Sendable () async throws(HoldfastError) -> Void = {}
    /// Asked when all is stored and nothing is committed yet: an error gives the snapshot up.
    package var beforeCommit: @Sendable (BackupProgress.Figures) async throws(HoldfastError) -> Void = { _ in }

    package init(
        node: String, source: String, contents: SnapshotContents, kind: SourceDescription.Kind = .files,
        base: Base = .remembered, tags: [String] = [], label: String = "on-demand", items: [String] = [],
        expires: Timestamp?, time: Timestamp, recovery: [CMK] = [], packByteCount: Int = 16 << 20,
        compressionLevel: Int = 3, readConcurrency: Int = 4,
        checkpointByteCount: UInt64 = 2 << 30, tool: String
    ) {
        self.node = node
        self.source = source
        self.contents = contents
        self.kind = kind
        self.base = base
        self.tags = tags
        self.label = label
        self.items = items
        self.expires = expires
        keptUntil = expires
        self.time = time
        begun = time
        self.recovery = recovery
        self.packByteCount = packByteCount
        self.compressionLevel = compressionLevel
        self.readConcurrency = readConcurrency
        self.checkpointByteCount = checkpointByteCount
        self.tool = tool
    }
}

extension BackupRequest {
    /// Of a snapshot's tags, label and items together, in bytes. Whatever their characters, a manifest's header has room for them.
    private static let maximumRemarkByteCount = 64 << 10

    /// Refuses, before anything is begun, what can come to no snapshot, or to one without what was asked for.
    func requireSound() throws(HoldfastError) {
        try contents.requireNoneLeftOut()
        // Each costs its quotes and its comma besides.
        let byteCount = (tags + items + [label]).reduce(0) { $0 + $1.utf8.count + 3 }
        guard byteCount <= Self.maximumRemarkByteCount else {
            throw .usage(
                "the tags and schedule items of a snapshot have 64 KiB at most: give it fewer, or shorter ones", object: "--tag")
        }
    }

    /// Compliance raises a retention that is too short: a backup is never refused for it.
    func expiry(under compliance: Compliance?) -> Timestamp? {
        guard let expires, let compliance else { return expires }
        return max(expires, compliance.minKeep.after(time))
    }
}
