/// What a cluster's policy will do: snapshots taken, condemned and purged, week by week and then month by month, if backups and
/// prunes run on time.
package struct Simulation: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package let start: Timestamp
        /// Exclusive.
        package let end: Timestamp
        package var taken = 0
        package var condemned = 0
        package var purged = 0
        /// At its end: not condemned.
        package var live = 0
        /// At its end: condemned and not purged.
        package var inTrash = 0
    }

    /// So many weeks come first; months follow.
    private static let weekCount: Int64 = 8

    package let rows: [Row]

    /// - Parameter purgeAfter: of those in the trash, when their grace time is over.
    package init(
        _ snapshots: [KeepSubject], purgeAfter: [SnapshotID: Timestamp], until end: Timestamp, under outlook: Projection.Outlook
    ) {
        var rows = Self.periods(from: outlook.now, to: end)
        let groups = Dictionary(grouping: snapshots, by: \.group)
        let coming = Self.coming(until: end, outlook)
        let circumstances = KeepSet.Circumstances(
            backupsAreOn: outlook.isBackupOn, now: outlook.now, deletedCMKs: outlook.deletedCMKs)
        for group in (outlook.sources ?? []).union(groups.keys) {
            let existing = groups[group] ?? []
            for snapshot in existing where snapshot.isInTrash {
                let purge = snapshot.holds.isEmpty ? max(purgeAfter[snapshot.id] ?? outlook.now, outlook.now) : nil
                let gone = purge.map { snapshot.goes(at: $0) }
                Self.count(taken: nil, condemned: outlook.now, purged: gone, wasLive: false, &rows)
            }
            let timeline = GroupTimeline(
                existing.filter { !$0.isInTrash } + (outlook.takesSnapshots(of: group) ? coming : []), policy: outlook.policy,
                under: circumstances)
            for (number, snapshot) in timeline.snapshots.enumerated() {
                let condemned = snapshot.holds.isEmpty ? timeline.condemnation(of: number) : nil
                Self.count(
                    taken: snapshot.id.isComing ? snapshot.time : nil, condemned: condemned,
                    purged: condemned.map { snapshot.goes(at: outlook.policy.grace.after($0)) }, wasLive: true, &rows)
            }
        }
        self.rows = rows
    }

    /// What the schedule will take, for any group. Their ids come after all others.
    private static func coming(until end: Timestamp, _ outlook: Projection.Outlook) -> [KeepSubject] {
        guard outlook.takesSnapshots else { return [] }
        var items: [Timestamp: [Schedule]] = [:]
        for schedule in outlook.policy.schedulesByFrequency {
            for instant in schedule.instants(after: outlook.now, upTo: end, at: outlook.policy.at, in: outlook.policy.zone) {
                items[instant, default: []].append(schedule)
            }
        }
        let group = SnapshotGroup(cluster: "", node: "", source: "")
        return items.sorted { $0.key < $1.key }.enumerated().map { number, run in
            KeepSubject(
                id: .coming(number), group: group, time: run.key,
                expires: outlook.policy.expiry(of: run.key, items: run.value, ownKeep: nil, minKeep: nil).expires,
                cmks: [.ofComingSnapshots])
        }
    }

    private static func periods(from start: Timestamp, to end: Timestamp) -> [Row] {
        var rows: [Row] = []
        var next = start
        while next < end {
            let isWeek = Int64(rows.count) < weekCount
            let following = isWeek ? next + 7 * 86_400 : firstOfNextMonth(after: next)
            rows.append(Row(start: next, end: min(following, end)))
            next = following
        }
        return rows
    }

    private static func firstOfNextMonth(after time: Timestamp) -> Timestamp {
        let date = time.date
        let first = CalendarDate(daysSince1970: date.daysSince1970 - (date.day - 1))
        return Timestamp(seconds: first.adding(months: 1).daysSince1970 * 86_400)
    }

    /// Counts one snapshot into the periods that it is taken, condemned and purged in, and into the totals of all it lives through.
    private static func count(
        taken: Timestamp?, condemned: Timestamp?, purged: Timestamp?, wasLive: Bool, _ rows: inout [Row]
    ) {
        let first = taken.map { row(of: $0, rows) } ?? 0
        let last = condemned.map { row(of: $0, rows) } ?? rows.count
        let gone = purged.map { row(of: $0, rows) } ?? rows.count
        if taken != nil, first < rows.count { rows[first].taken += 1 }
        if wasLive, last < rows.count { rows[last].condemned += 1 }
        if gone < rows.count { rows[gone].purged += 1 }
        if wasLive, first < last { for number in first..<last { rows[number].live += 1 } }
        if last < gone { for number in last..<gone { rows[number].inTrash += 1 } }
    }

    /// The first period that ends after `time`; the count of all where none does.
    private static func row(of time: Timestamp, _ rows: [Row]) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].end <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension KeepSubject {
    /// When it is gone that could be purged at `date`: not before the store lets go of it.
    fileprivate func goes(at date: Timestamp) -> Timestamp { lockedUntil.map { max($0, date) } ?? date }
}

extension SnapshotID {
    private static let comingPrefix = "ffffffffffffffff"

    /// An id that no repository has given out, for a snapshot that is still to be taken.
    fileprivate static func coming(_ number: Int) -> SnapshotID {
        let digits = String(number, radix: 16)
        guard let id = SnapshotID(comingPrefix + String(repeating: "0", count: 16 - digits.count) + digits) else {
            preconditionFailure("32 hex digits are an id")
        }
        return id
    }

    fileprivate var isComing: Bool { hex.hasPrefix(Self.comingPrefix) }
}

extension CMK {
    /// Stands for the CMK of snapshots that are still to be taken.
    fileprivate static var ofComingSnapshots: CMK {
        guard let cmk = CMK("coming:cmk") else { preconditionFailure("a scheme and a name") }
        return cmk
    }
}
