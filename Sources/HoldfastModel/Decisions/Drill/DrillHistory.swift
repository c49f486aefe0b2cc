/// What the drills of one cluster have shown, as far as this machine remembers.
package struct DrillHistory: Hashable, Sendable {
    /// The newest of any kind.
    package let last: DrillRecord?
    /// The newest that failed, where none of the whole cluster has passed since.
    package let failing: DrillRecord?
    /// What failed since then, by snapshot: each drill of the whole cluster takes these parts again, so that none passes without them.
    package let owed: [SnapshotID: [DrillPart]]
    /// Those that passed and covered the whole cluster.
    private let passes: [DrillRecord]

    /// In the order in which they ran: clocks do not decide.
    package init(_ records: [DrillRecord] = []) {
        let index = records.lastIndex { $0.outcome == .passed && $0.coversCluster }
        let since = records[(index.map { $0 + 1 } ?? 0)...]
        last = records.last
        failing = since.last { $0.outcome == .failed }
        owed = Self.owed(since.flatMap(\.turns).filter { $0.outcome == .failed })
        passes = records.filter { $0.outcome == .passed && $0.coversCluster }
    }

    private static func owed(_ turns: [DrillRecord.Turn]) -> [SnapshotID: [DrillPart]] {
        Dictionary(grouping: turns, by: \.snapshot).mapValues { turns in
            let parts = turns.map(\.part)
            if let whole = parts.first(where: { $0.amount == .everything }) { return [whole] }
            return parts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
    }

    /// The newest that passed and covered the whole cluster. What a wrong clock dated later than now shows nothing: it would silence all
    /// that is due until then.
    package func passed(by now: Timestamp) -> DrillRecord? { passes.last { $0.at <= now } }

    /// Whether it is time: none has passed for so long, or the last one failed.
    package func isDue(every period: Period, at now: Timestamp) -> Bool {
        guard failing == nil, let passed = passed(by: now) else { return true }
        return period.after(passed.at) <= now
    }
}

/// What is asked of drills here, and what they have shown, by cluster.
package struct DrillWatch: Hashable, Sendable {
    /// Nil where nothing is asked of this machine.
    package var plan: DrillPlan?
    package var histories: [String: DrillHistory]
    /// Why what is remembered of a cluster's drills cannot be read: whether one failed, nobody knows then.
    package var unreadable: [String: String]

    package init(plan: DrillPlan? = nil, histories: [String: DrillHistory] = [:], unreadable: [String: String] = [:]) {
        self.plan = plan
        self.histories = histories
        self.unreadable = unreadable
    }
}
