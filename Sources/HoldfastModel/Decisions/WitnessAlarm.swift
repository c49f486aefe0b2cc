/// Something that the protocol never does to a repository, so somebody or something else did.
package enum WitnessAlarm: Hashable, Sendable {
    case repositoryChanged(was: RepositoryID, now: RepositoryID)
    /// Records that were read before are missing: the store was rolled back, or withholds them.
    case keyLogShortened(was: Int, now: Int)
    /// The record at this position is another one than before.
    case keyLogForked(at: Int)
    /// A committed snapshot is no longer there, and was neither seen condemned nor due.
    case snapshotGone(SnapshotID)
    /// Its manifest stands, its start record does not, and nothing says that it is being purged.
    case startGone(SnapshotID)
    /// Its start record stands, its manifest does not.
    case manifestGone(SnapshotID)
    /// Another outcome than before stands at number 1; nil: *aborted*.
    case manifestChanged(SnapshotID, was: Digest?, now: Digest?)
    case logShortened(SnapshotID, was: Int, now: Int)

    /// What `check --accept` silences it by; nil: nothing does, since the project file names another repository.
    package var subject: WitnessSubject? {
        switch self {
        case .repositoryChanged: nil
        case .keyLogShortened, .keyLogForked: .keyLog
        case .snapshotGone(let id), .startGone(let id), .manifestGone(let id), .manifestChanged(let id, _, _),
            .logShortened(let id, _, _):
            .snapshot(id)
        }
    }

    package var concernsKeyLog: Bool { subject == .keyLog }

    /// Whether the manifest that this machine has seen is not there to be read: then nobody knows which packs the snapshot needs.
    package var hidesManifest: Bool {
        switch self {
        case .snapshotGone, .startGone, .manifestGone, .manifestChanged: true
        case .repositoryChanged, .keyLogShortened, .keyLogForked, .logShortened: false
        }
    }
}

/// What a user can accept as it is now: the key log, the keyring, or one snapshot.
package enum WitnessSubject: Hashable, Sendable {
    case keyLog
    case keyring
    case snapshot(SnapshotID)

    /// Takes `key-log`, `keyring`, or a snapshot's whole id.
    package init?(_ text: String) {
        if text == Self.keyLog.description {
            self = .keyLog
        } else if text == Self.keyring.description {
            self = .keyring
        } else if let id = SnapshotID(text) {
            self = .snapshot(id)
        } else {
            return nil
        }
    }
}

extension WitnessSubject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .keyLog: "key-log"
        case .keyring: "keyring"
        case .snapshot(let id): id.hex
        }
    }
}
