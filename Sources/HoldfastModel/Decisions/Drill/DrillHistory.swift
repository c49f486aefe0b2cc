/// What the drills of one cluster have shown, as far as this machine remembers.
package struct DrillHistory: Hashable, Sendable {
    /// The newest of any kind.
    package let last: DrillRecord?
    /// The newest that passed and covered the whole cluster.
    package let passed: DrillRecord?
    /// The newest that failed, where none of the whole cluster has passed since.
    package let failing: DrillRecord?

    /// In the order in which they ran: clocks do not decide.
    package init(_ records: [DrillRecord] = []) {
        let index = records.lastIndex { $0.outcome == .passed && $0.coversCluster }
        last = records.last
        passed = index.map { records[$0] }
        failing = records[(index.map { $0 + 1 } ?? 0)...].last { $0.outcome == .failed }
    }

    /// Whether it is time: none has passed for so long, or the last one failed.
    package func isDue(every period: Period, at now: Timestamp) -> Bool {
        guard failing == nil, let passed else { return true }
        return period.after(passed.at) <= now
    }
}

/// What is asked of drills here, and what they have shown, by cluster.
package struct DrillWatch: Hashable, Sendable {
    /// Nil where nothing is asked of this machine.
    package var plan: DrillPlan?
    package var histories: [String: DrillHistory]

    package init(plan: DrillPlan? = nil, histories: [String: DrillHistory] = [:]) {
        self.plan = plan
        self.histories = histories
    }
}
