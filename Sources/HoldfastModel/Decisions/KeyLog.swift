/// A repository's key log as read from 0 to its end, and what its records mean together (`docs/PROTOCOL.md`, section 3a).
package struct KeyLog: Hashable, Sendable {
    package private(set) var records: [KeyRecord] = []
    package private(set) var active: CMK?
    /// When the active CMK became active.
    package private(set) var activeSince: Timestamp?
    /// The position at which each CMK was first retired; retired is for good.
    package private(set) var retired: [CMK: Int] = [:]
    package private(set) var roster: Set<RepositoryID> = []
    package private(set) var newestBarrier: Int?
    package private(set) var announcements: [Announcement] = []
    package private(set) var approved: Set<AnnouncementID> = []
    package private(set) var withdrawn: Set<AnnouncementID> = []
    package private(set) var scheduled: [CMK: Timestamp] = [:]
    package private(set) var cancelled: Set<CMK> = []
    package private(set) var deleted: Set<CMK> = []
    /// What was promised about retention; nil: nothing.
    package private(set) var compliance: Compliance?
    package private(set) var unknownKinds: [String] = []
    /// All CMKs that became active, or were named by a record that could not make them so.
    private var activated: Set<CMK> = []
    /// Only a log told as states says of a CMK that it is leaving, or active again, without records that make it so.
    private var toldLeaving: Set<CMK> = []
    private var toldActiveAgain: Set<CMK> = []

    /// Records in order from 0, without a gap: reading has made sure of that.
    package init(_ records: [KeyRecord] = []) {
        for record in records { append(record) }
    }

    /// The number of the last record; −1 for an empty log.
    package var position: Int { records.count - 1 }

    package mutating func append(_ record: KeyRecord) {
        precondition(record.n == records.count, "a key log has no gaps")
        records.append(record)
        switch record.event {
        case .activate(let cmk):
            activated.insert(cmk)
            // A retired CMK never becomes active again, whoever wrote the record.
            guard retired[cmk] == nil else { return }
            (active, activeSince) = (cmk, record.at)
        case .retire(let cmk):
            guard active != cmk, retired[cmk] == nil else { return }
            retired[cmk] = record.n
        case .barrier: newestBarrier = record.n
        case .roster(let repositories): roster.formUnion(repositories)
        case .announce(let announcement):
            if !announcements.contains(where: { $0.id == announcement.id }) { announcements.append(announcement) }
        case .approve(let id): if !withdrawn.contains(id) { approved.insert(id) }
        case .withdraw(let id): if !approved.contains(id) { withdrawn.insert(id) }
        case .scheduled(let cmk, let date): scheduled[cmk] = date
        case .cancelled(let cmk):
            cancelled.insert(cmk)
            scheduled[cmk] = nil
        case .deleted(let cmk): deleted.insert(cmk)
        case .compliance(let promise): compliance = compliance?.combined(with: promise) ?? promise
        case .unknown(let kind): unknownKinds.append(kind)
        }
    }

    /// CMKs that a standing announcement names, or that were approved once: never again covers for another CMK (K5, K7).
    package var leaving: Set<CMK> {
        var cmks = Set(scheduled.keys).union(cancelled).union(deleted).union(toldLeaving)
        for announcement in announcements where !withdrawn.contains(announcement.id) { cmks.formUnion(announcement.cmks) }
        return cmks
    }

    /// CMKs that are deleted, or will be if nobody cancels it: nothing may need them any more.
    package var departed: Set<CMK> { deleted.union(scheduled.keys) }

    /// All CMKs that any record names.
    package var named: Set<CMK> {
        leaving.union(retired.keys).union(activated).union(announcements.flatMap(\.cmks))
    }

    package func isRetired(_ cmk: CMK) -> Bool { retired[cmk] != nil && !toldActiveAgain.contains(cmk) }

    /// Whether a writer that had read up to `position` may still commit under `cmk` (rule R15).
    package func mayCommit(under cmk: CMK, from position: Int) -> Bool {
        guard named.contains(cmk) else { return false }
        guard let retirement = retired[cmk] else { return true }
        return position < retirement
    }
}

/// A key log as a case tells it (`docs/RETENTION.md`, section 6): not what its records order, but the state in which each leaves
/// a CMK. What this project's own records could never bring about, such as a CMK active again, counts as it is told.
extension KeyLog {
    package enum State: String, Hashable, Sendable {
        case active, retired, announced, scheduled, deleted
    }

    package struct StateLine: Sendable {
        package let n: Int
        package let change: (cmk: CMK, state: State)?
        package let roster: Set<RepositoryID>

        package init(n: Int, change: (CMK, State)?, roster: Set<RepositoryID> = []) {
            self.n = n
            self.change = change
            self.roster = roster
        }
    }

    /// Lines in any order: their numbers count.
    package init(states lines: [StateLine]) {
        var last: [CMK: State] = [:]
        for line in lines.sorted(by: { $0.n < $1.n }) {
            roster.formUnion(line.roster)
            guard let (cmk, state) = line.change else { continue }
            last[cmk] = state
            if state == .active {
                active = cmk
                activated.insert(cmk)
            } else if retired[cmk] == nil {
                retired[cmk] = line.n
            }
        }
        if let newest = active, last[newest] != .active { active = nil }
        for (cmk, state) in last {
            switch state {
            case .active: toldActiveAgain.insert(cmk)
            case .retired: break
            case .announced, .scheduled: toldLeaving.insert(cmk)
            case .deleted: deleted.insert(cmk)
            }
        }
    }
}
