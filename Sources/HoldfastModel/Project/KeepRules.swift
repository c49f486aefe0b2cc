/// Count rules, which keep the newest snapshots of so many hours, days … (`docs/RETENTION.md`, section 1.3).
package struct KeepRules: Hashable, Sendable {
    /// What the time line is cut into.
    package enum Bucket: String, Hashable, Sendable, CaseIterable {
        case hourly, daily, weekly, monthly, yearly
    }

    /// The newest so many.
    package var last: Int
    /// The newest of each of the last so many buckets that are not empty.
    package var counts: [Bucket: Int]
    /// All that are newer than the newest of the group less this.
    package var within: Period?
    /// Of those that are so new, the newest of each bucket.
    package var withinBuckets: [Bucket: Period]
    /// All that bear every tag of one of these lists.
    package var tags: [[String]]

    package init(
        last: Int = 0, counts: [Bucket: Int] = [:], within: Period? = nil, withinBuckets: [Bucket: Period] = [:],
        tags: [[String]] = []
    ) {
        self.last = last
        self.counts = counts
        self.within = within
        self.withinBuckets = withinBuckets
        self.tags = tags
    }

    package static let countRange = 0...10_000

    /// Whether no rule asks for anything.
    package var keepsNothing: Bool {
        last == 0 && counts.values.allSatisfy { $0 == 0 } && within == nil && withinBuckets.isEmpty && tags.isEmpty
    }
}
