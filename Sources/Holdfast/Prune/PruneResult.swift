import HoldfastFormat
package import HoldfastModel

/// What one run of `prune` did; under `--dry-run`, what it would do.
package struct PruneResult: Sendable {
    package var condemned: [SnapshotID] = []
    package var purged: [SnapshotID] = []
    package var packsDeleted = 0
    package var bytesFreed = 0
    /// Snapshots that stay, with the reasons; ascending by id.
    package var kept: [(id: SnapshotID, reasons: [KeepReason])] = []
    package var fenced: [SnapshotID] = []
    /// What the run did not do all of its work for.
    package var stopped: [PruneStop] = []
    /// To be remembered and given to the next run.
    package var settledOwners: [SnapshotID: PackShare] = [:]
    /// Files of writers that died, removed from a directory store.
    package var temporariesRemoved = 0

    package init() {}
}

/// Why a run of `prune` left work undone.
package enum PruneStop: Hashable, Sendable {
    /// More of a group would go before its date than goes without being asked; nothing at all was done.
    case excess(KeepLimit.Excess)
    /// The last of a group would go, damaged as they are, though backups are on; they stay.
    case ending(KeepLimit.Excess)
    /// There are packs, and not one start record is listed; nothing at all was done.
    case onlyPacks(ownerCount: Int)
    /// Its manifest stands, its start record does not, and nothing says that it was to go: its records and packs stay.
    case startGone(SnapshotID)
    /// Its manifest or a record cannot be read, so nobody knows which packs it needs: no pack was deleted.
    case unreadable(SnapshotID, why: String)
    /// A record of a kind that only a later version knows: no pack was deleted.
    case unknownRecord(SnapshotID, kind: String)
    /// A record of the key log is not there that the writer of this snapshot had read, and what it promised is not known; nothing at all was
    /// done.
    case keyLogEnds(before: ObjectName, SnapshotID)
    /// It cannot be looked at, or not be removed: it stays, and keeps nothing else from being done.
    case passedOver(String, why: String)
    /// This machine has seen something else: of a snapshot it is not known what it needs, and no pack was deleted; of the key log not what it
    /// promised, and nothing was done.
    case alarm(WitnessAlarm)

    /// Damage, or a newer format, as against a question to be answered.
    package var isDamage: Bool {
        switch self {
        case .excess, .ending, .onlyPacks, .startGone: false
        case .unreadable, .unknownRecord, .keyLogEnds, .passedOver, .alarm: true
        }
    }

    package var object: String {
        switch self {
        case .excess(let excess), .ending(let excess): "\(excess.group)"
        case .onlyPacks: ObjectPrefix.snapshots.text
        case .keyLogEnds(let name, _): name.text
        case .passedOver(let object, _): object
        case .unreadable(let id, _), .unknownRecord(let id, _), .startGone(let id): ObjectPrefix.snapshot(id).text
        case .alarm(let alarm):
            if case .snapshot(let id) = alarm.subject { ObjectPrefix.snapshot(id).text } else { ObjectPrefix.keys.text }
        }
    }

    package var message: String {
        switch self {
        case .excess(let excess):
            "\(excess.condemnedCount) of \(excess.groupCount) snapshots would go before their date: say --yes if that is meant"
        case .ending(let ending):
            "its last snapshots (\(ending.condemnedCount)) would go, and no good one is there: take a new one first, or say --yes if "
                + "that is meant"
        case .onlyPacks(let count):
            "not one start record is listed, and packs of \(count) owners are there: see that all of the repository is there, or say "
                + "--yes --full if its snapshots are gone for good"
        case .startGone:
            "its start record is gone, and its manifest stands: lost, or a commit that came too late; its records and packs stay: put "
                + "record 0 back from a copy, or say --yes if it is to go"
        case .unreadable(_, let why) where why.hasSuffix("\(FormatError.newerFormat)"):
            "\(why): no pack was deleted; use the newer Holdfast that wrote it"
        case .unreadable(_, let why):
            "\(why): no pack was deleted; restore it from a copy, or forget the snapshot"
        case .unknownRecord(_, let kind):
            "it has a record of kind '\(kind)', which this version does not know: no pack was deleted, and nothing decided about it; "
                + "use the newer Holdfast that wrote it, or forget the snapshot"
        case .keyLogEnds(_, let id):
            "it is missing, and the writer of snapshot \(id.short) had read it: what it promised is not known, and nothing was done; "
                + KeyLog.remedyOfLoss(toldBy: id)
        case .passedOver(_, let why): "it stays where it is (\(why)): have the file system checked, then prune again"
        case .alarm(let alarm):
            "\(alarm): \(alarm.concernsKeyLog ? "nothing was done" : "no pack was deleted"); see holdfast check"
        }
    }
}
