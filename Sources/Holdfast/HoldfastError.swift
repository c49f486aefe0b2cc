package import HoldfastCatalog
package import HoldfastFormat
package import HoldfastModel

/// Why a use case did not do what it was asked; each has its exit code and its next step (`HoldfastCLI`).
///
/// An `object` is what it is about, by name alone: a CMK's URI, a snapshot's id, a cluster, a path. Empty where there is none.
package enum HoldfastError: Error, Sendable {
    case store(StoreError)
    case keyManager(KeyManagerError)
    /// An object of the repository is damaged, tampered with, or of a newer format.
    case object(ObjectName, FormatError)
    /// A snapshot refers to what its own manifest does not have, or the store does not: damage.
    case missing(ObjectName, needed: String)
    /// A record of the key log is not there that the writer of this snapshot had read.
    case keyLogEnds(before: ObjectName, SnapshotID)
    case inconsistent(String, detail: String)
    /// No CMK is active in this cluster's key log.
    case noActiveCMK(cluster: String)
    /// The store or an envelope names a CMK that the project file does not list.
    case untrusted(CMK)
    /// None of a snapshot's envelopes could be opened; why, per CMK.
    case cannotOpen(SnapshotID, [(cmk: CMK, reason: HoldfastError)])
    case noSuchSnapshot(String)
    case ambiguousSnapshot(String, [SnapshotID])
    case noSuchPath(String)
    /// No key manager, key log, envelope or configuration of the project knows it: most likely it is mistyped.
    case unknownCMK(CMK)
    /// The other side of a race won: nothing was lost, run again.
    case lostRace(String, object: String)
    case witness(WitnessError)
    /// The witness remembers what the repository does not show.
    case alarm([String])
    /// Another backup of this node and source is running on this machine.
    case busy(String)
    /// It may not be done now, and this is what stands in the way.
    case refused(String, object: String, remedy: String)
    /// It failed in this cluster, and others may have it already: whoever runs it again goes on where it was.
    indirect case unfinished(cluster: String, HoldfastError)
    /// It failed at a later one of several snapshots: these are in the trash already.
    indirect case partlyForgotten([SnapshotID], HoldfastError)
    /// It came to nothing, and so did giving up the snapshot that it had begun: a prune does that later.
    indirect case leftOpen(SnapshotID, HoldfastError)
    /// What was in the way may pass: the snapshot stays open with what it has stored, and the next backup of its source goes on with it.
    indirect case suspended(SnapshotID, HoldfastError)
    case usage(String, object: String)
    /// None of a source's paths is there: the first of them, and why.
    case noSource(String, detail: String)
    /// A file of the target could not be written.
    case target(String, detail: String)
    /// What is to be restored has no room there; both in bytes.
    case noRoom(String, needed: UInt64, free: UInt64)
    /// It could be written and never be read again, so it was not: of which object, and why.
    case unwritable(String, detail: String)
    case interrupted

    /// A prune took the snapshot's writer for dead.
    static func givenUp(_ id: SnapshotID) -> HoldfastError {
        .lostRace("snapshot \(id) was given up by a prune while it was written", object: "\(id)")
    }

    /// Whether it is an interruption, or what one looks like: a request that is cancelled fails as though nobody had answered.
    package var isInterruption: Bool {
        switch self {
        case .interrupted: true
        case .store(.unavailable), .store(.unclear), .keyManager(.unreachable): Task.isCancelled
        default: false
        }
    }

    /// Whether the same may come off another time, with nothing changed in what is stored: there was no answer, no room or no right.
    var mayPass: Bool {
        switch self {
        case .store(.unavailable), .store(.unclear), .store(.noSpace), .store(.denied): true
        case .keyManager(.unreachable), .keyManager(.denied), .keyManager(.passphrase), .keyManager(.noSpace): true
        default: false
        }
    }

    /// Whether something of the repository is not as it was stored, or is not there.
    var isDamage: Bool {
        switch self {
        case .object(_, let error): !error.isNewer
        case .missing, .keyLogEnds, .inconsistent, .store(.damaged), .store(.unlisted): true
        default: false
        }
    }

    /// Whether it was written by a later version, so that nothing is known of it.
    var isNewer: Bool { if case .object(_, let error) = self { error.isNewer } else { false } }

    /// Whether what was wanted of the repository cannot be read by us, for damage or since a later version wrote it: for those whom it costs
    /// nothing but work.
    var isUnreadable: Bool { isDamage || isNewer }

    /// The pack that is damaged or missing, if it is one.
    var damagedPack: Digest? {
        switch self {
        case .object(let name, _), .missing(let name, _), .store(.damaged(let name, _)):
            if case .pack(let id, _) = name.parsed { id } else { nil }
        default: nil
        }
    }
}
