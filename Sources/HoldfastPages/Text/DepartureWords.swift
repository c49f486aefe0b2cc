import Holdfast
import HoldfastModel

extension DeletionDeparture {
    /// When a snapshot leaves, and how far that can be relied upon, in words that need no colour.
    var words: String {
        switch (date, certainty) {
        case (let date?, .exact): "\(date.date), exact"
        case (let date?, _): "about \(date.date), projected"
        case (nil, .waiting): "no date: waiting"
        case (nil, _): "no date"
        }
    }
}

extension ReportedSnapshot {
    /// Why it leaves when it does, or has no date.
    func why(_ now: Timestamp) -> String {
        Self.why(departure, of: snapshot, isOverdue: snapshot.purgeAfter.map { $0 <= now } ?? false)
    }

    static func why(_ departure: DeletionDeparture, of snapshot: ProjectReading.Snapshot?, isOverdue: Bool) -> String {
        switch departure.why {
        case "hold": "held by \(listed((snapshot?.holds ?? []).sorted(), atMost: 3))"
        case "expiry": "its retention ends"
        case "guard": "the newest of its kind, kept until there is a newer one"
        case "rules": "kept by count rules"
        case "trash": isOverdue ? "its time in the trash is over: holdfast prune" : "in the trash"
        case "lock": "its store keeps it until then"
        case "no-rule" where snapshot?.isEndless == true: "no expiry, and compliance lets none be set: holdfast keys rewrap"
        case "no-rule": "no expiry and no rule: holdfast snapshots expire"
        case "tags": "kept by its tags"
        case "no-new-snapshots": "kept until new ones are taken, and none are scheduled"
        case "promised": "compliance promises the newest of its source: holdfast keys rewrap"
        case "confirm": "prune asks before it lets it go: holdfast prune --yes"
        case "beyond-horizon": "not within ten years"
        default: departure.why
        }
    }
}

extension DeletionVerdict {
    /// The blocker that decides the answer's date, or that there is none.
    var decisive: Blocker? {
        let wanted: (Blocker) -> Bool =
            switch when?.kind {
            case .never: { $0.departure.certainty == .never }
            case .waiting: { $0.departure.certainty == .waiting }
            default: { _ in true }
            }
        return blockers.filter(wanted).max { Self.date($0) < Self.date($1) }
    }

    private static func date(_ blocker: Blocker) -> Int64 { blocker.departure.date?.seconds ?? .max }

    /// Clusters in which the CMK is in use, in this way.
    func clusters(_ type: BlockerType) -> [String] { blockers.filter { $0.type == type }.map(\.cluster) }
}

extension DeletionVerdict.Blocker {
    /// What it is, and where.
    var words: String {
        switch type {
        case .active: "active in \(cluster)"
        case .recovery: "a recovery CMK in \(cluster)"
        case .pin: "\(cluster)/\(id.prefix(8)) is in progress"
        case .snapshot, .trash: [place, cause].filter { !$0.isEmpty }.joined(separator: ", ")
        }
    }

    private var place: String { "\(cluster)/\(id.prefix(8))" }

    /// Why it leaves no sooner, where that is more than its own expiry.
    private var cause: String {
        departure.why == "expiry" ? "" : ReportedSnapshot.why(departure, of: snapshot, isOverdue: false)
    }
}

extension CMKState {
    var words: String {
        switch self {
        case .pendingDeletion, .pendingReplicaDeletion: "pending deletion"
        case .pendingImport: "waiting for its key material"
        case .unreachable: "does not answer"
        case .denied: "access denied"
        case .creating: "being created"
        case .unavailable: "its key store does not answer"
        case .enabled, .disabled, .destroyed, .deleted: rawValue
        }
    }
}
