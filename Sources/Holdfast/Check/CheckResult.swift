package import HoldfastModel

/// Something that is wrong with the repository.
package struct CheckError: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A record, manifest or the repository's description that cannot be read, or breaks its chain.
        case record
        case keyLog = "key_log"
        /// Written by a later version: nothing is known of it.
        case newerFormat = "newer_format"
        case missing
        /// A manifest without its start record, though nothing says that the snapshot was to go.
        case startGone = "start_gone"
        case length
        /// A pack whose bytes do not hash to its name, or a snapshot of which an earlier check said so in its log.
        case damaged
        /// Two snapshots, or a listing and its pack table, that contradict each other.
        case inconsistent
        /// A manifest that none of its envelopes opens.
        case unopened
        /// A listing or a chunk that does not open to what it should be.
        case content
        /// The witness remembers what the repository does not show.
        case alarm
    }

    package let object: String
    package let kind: Kind
    package let message: String

    package init(_ object: String, _ kind: Kind, _ message: String) {
        self.object = object
        self.kind = kind
        self.message = message
    }
}

/// What `check` looked at, and what it found.
package struct CheckResult: Sendable {
    package struct Counts: Hashable, Sendable {
        package var snapshots = 0
        /// Purged while they were looked at.
        package var skipped = 0
        package var open = 0
        package var packs = 0
        /// Packs whose bytes were read.
        package var packsRead = 0
        package var bytesRead = 0
        package var files = 0
        package var chunks = 0
        /// Objects that nothing refers to: garbage that `prune` collects, or a snapshot in progress.
        package var strays = 0
    }

    /// What is wrong with a snapshot.
    package struct Damage: Hashable, Sendable {
        /// The last error that touches it.
        package internal(set) var detail: String
        /// The packs that it lies in; nil where some of it lies elsewhere.
        package internal(set) var packs: Set<Digest>?

        mutating func add(_ other: Damage) {
            detail = other.detail
            packs = packs.flatMap { packs in other.packs.map(packs.union) }
        }
    }

    package internal(set) var errors: [CheckError] = []
    package internal(set) var checked = Counts()
    /// Snapshots that exist and that an error touches.
    package internal(set) var damagedSnapshots: [SnapshotID: Damage] = [:]
    /// Those, and what else an error is about: a snapshot of which this machine remembers more, or which a later version wrote.
    package internal(set) var touchedSnapshots: Set<SnapshotID> = []
    /// What was not found whole of what was read; all of it where all was read with keys.
    package internal(set) var losses = ChunkLosses()
    /// What was wrong by what this machine remembers, was accepted, and is remembered now as it is.
    package internal(set) var accepted: [WitnessAlarm] = []
    /// Snapshots whose every chunk was opened, without an error.
    package internal(set) var soundSnapshots: Set<SnapshotID> = []

    package init() {}

    package var isSound: Bool { errors.isEmpty }
}
