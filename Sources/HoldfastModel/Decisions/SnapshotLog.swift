/// One snapshot's log as a listing showed it, folded into what it means (`docs/PROTOCOL.md`, sections 1 and 2).
package struct SnapshotLog: Hashable, Sendable {
    /// What stands at number 1.
    package enum Outcome: Hashable, Sendable {
        case none
        /// Behind a reference, since logs are passed on far more often than their headers are looked into.
        indirect case manifest(ManifestHeader)
        case aborted(reason: String)
        /// There is something, and it cannot be read or is of a newer format: never counted as absent.
        case unreadable(String)
    }

    package enum State: Hashable, Sendable {
        /// Without record 0 everything else is void, for ever.
        case void
        case open
        case aborted
        case live
        /// Condemned, and waiting for its time in the trash to end.
        case trash
        /// Final: its deletion is decided.
        case deleting
        /// Its manifest or start record cannot be read.
        case unreadable(String)
    }

    package let id: SnapshotID
    /// Nil where record 0 is absent.
    package var start: SnapshotStart?
    /// Why record 0, which is there, cannot be read.
    package var startProblem: String?
    package var outcome: Outcome
    /// Records from 2 on, in order.
    package var records: [SnapshotRecord]
    /// How many records the log has, the first two included.
    package var length: Int

    package init(
        id: SnapshotID, start: SnapshotStart?, startProblem: String? = nil, outcome: Outcome, records: [SnapshotRecord] = [],
        length: Int
    ) {
        self.id = id
        self.start = start
        self.startProblem = startProblem
        self.outcome = outcome
        self.records = records
        self.length = length
    }

    package var state: State {
        guard start != nil || startProblem != nil else { return .void }
        if isDeletionDecided { return .deleting }
        // Final, whatever became of the start record.
        if case .aborted = outcome { return .aborted }
        if let startProblem { return .unreadable(startProblem) }
        switch outcome {
        case .none: return .open
        case .aborted: return .aborted
        case .unreadable(let why): return .unreadable(why)
        case .manifest: return condemnation == nil ? .live : .trash
        }
    }

    /// Aborted or deleting: nothing brings it back, and anybody may collect it.
    package var isFinal: Bool { state == .aborted || state == .deleting }

    /// Nothing stands where its manifest or *aborted* is to stand, though its start record, readable or not, does: a writer may be at work.
    package var isInProgress: Bool { (start != nil || startProblem != nil) && outcome == .none && !isDeletionDecided }

    /// Its manifest exists: live, in the trash, or unreadable.
    package var exists: Bool {
        switch state {
        case .live, .trash: true
        case .unreadable: true
        case .void, .open, .aborted, .deleting: false
        }
    }

    package var header: ManifestHeader? {
        if case .manifest(let header) = outcome { header } else { nil }
    }

    /// The `condemned` record in force, if no `undeleted` followed it.
    package var condemnation: (n: Int, rule: String, at: Timestamp, purgeAfter: Timestamp)? {
        var condemnation: (n: Int, rule: String, at: Timestamp, purgeAfter: Timestamp)?
        for record in records {
            switch record.event {
            case .condemned(let rule, let purgeAfter): condemnation = (record.n, rule, record.at, purgeAfter)
            case .undeleted: condemnation = nil
            default: break
            }
        }
        return condemnation
    }

    /// Since when each hold in force is, by its record.
    package var heldSince: [String: Timestamp] {
        records.reduce(into: [:]) { since, record in
            switch record.event {
            case .hold(let name): since[name] = record.at
            case .undeleted(_, let name?): since[name] = record.at
            case .release(let name): since[name] = nil
            default: break
            }
        }
    }

    /// The names of the holds in force.
    package var holds: Set<String> { Set(heldSince.keys) }

    /// When the snapshot was last released from each hold, by its record.
    package var releases: [String: Timestamp] {
        records.reduce(into: [:]) { if case .release(let name) = $1.event { $0[name] = $1.at } }
    }

    /// The expiry in force: the header's, or the last one set by hand.
    package var expires: Timestamp? {
        var expires = header?.expires
        for record in records {
            switch record.event {
            case .expiry(let date, _): expires = date
            case .undeleted(let until, _): if let until { expires = until }
            default: break
            }
        }
        return expires
    }

    /// Until when the store keeps its manifest and records from being deleted; nil where it does not.
    package var lockedUntil: Timestamp? { latestLock(header?.lock?.until) }

    /// The same of every pack in its table.
    package var packsLockedUntil: Timestamp? { latestLock(header?.lock?.packsUntil) }

    private func latestLock(_ first: Timestamp?) -> Timestamp? {
        records.reduce(first) { latest, record in
            guard case .locked(let date) = record.event else { return latest }
            return max(latest ?? date, date)
        }
    }

    /// Whether somebody set the expiry by hand.
    package var isEdited: Bool {
        records.contains { record in
            switch record.event {
            case .expiry(_, let byPolicy): !byPolicy
            case .undeleted(let until, _): until != nil
            default: false
            }
        }
    }

    /// Whether no restore can count on it: the last `check` that could write said so, or it is what was left of one of which it did.
    package var isDamaged: Bool { damage != nil || header?.isSalvagedInPart == true }

    /// What the last `check` that could write found; nil: nothing.
    package var damage: (detail: String, packs: [Digest]?)? {
        var damage: (detail: String, packs: [Digest]?)?
        for record in records {
            switch record.event {
            case .damaged(let detail, let packs): damage = (detail, packs)
            case .sound: damage = nil
            default: break
            }
        }
        return damage
    }

    /// Envelopes added after the commit; each counts once it was opened.
    package var laterEnvelopes: [Envelope] {
        records.compactMap { if case .envelope(let envelope) = $0.event { envelope } else { nil } }
    }

    /// Those of the header, and those that were added later.
    package var envelopes: [Envelope] { (header?.envelopes ?? []) + laterEnvelopes }

    package var unknownKinds: [String] {
        records.compactMap { if case .unknown(let kind) = $0.event { kind } else { nil } }
    }

    /// Whether a record of a kind that this version does not know may say that it is to stay. Only a person who forgets it
    /// afterwards decides about it: a policy knows no more than this version does (`docs/PROTOCOL.md`, section 5, ruling 6).
    package var mayBeKeptByUnknown: Bool {
        let unknown = records.last { if case .unknown = $0.event { true } else { false } }
        guard let unknown else { return false }
        guard let condemnation, condemnation.rule == SnapshotRecord.forgetRule else { return true }
        return condemnation.n < unknown.n
    }

    /// Whether it has a `deleting` record, void or not.
    package var isDeletionDecided: Bool { records.contains { $0.event == .deleting } }
}
