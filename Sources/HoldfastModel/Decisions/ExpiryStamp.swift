/// What retention writes into a snapshot's header (`docs/RETENTION.md`, section 1.1).
package struct ExpiryStamp: Hashable, Sendable {
    /// Exclusive; nil: no date of its own.
    package let expires: Timestamp?
    /// The item whose retention is the longest, or `on-demand`; nil where there is neither.
    package let label: String?

    package init(expires: Timestamp?, label: String?) {
        self.expires = expires
        self.label = label
    }
}

extension Policy {
    /// The label of a snapshot that has a retention of its own.
    package static let onDemandLabel = "on-demand"

    /// The stamp of a snapshot taken at `time` that serves `items`. `ownKeep` takes the place of the items; `minKeep` is what
    /// compliance demands at least.
    package func expiry(of time: Timestamp, items: [Schedule], ownKeep: Period?, minKeep: Period?) -> ExpiryStamp {
        if let ownKeep {
            return ExpiryStamp(expires: Self.raise(ownKeep.after(time), minKeep, time), label: Self.onDemandLabel)
        }
        let dated = items.compactMap { item in keep(of: item).map { (item: item, expires: $0.after(time)) } }
        guard let longest = dated.max(by: { ($0.expires, $0.item.frequency) < ($1.expires, $1.item.frequency) }) else {
            let label = items.max { $0.frequency < $1.frequency }
            return ExpiryStamp(expires: nil, label: label?.description)
        }
        return ExpiryStamp(expires: Self.raise(longest.expires, minKeep, time), label: longest.item.description)
    }

    /// The expiry of an existing snapshot once this policy is applied to it: of one that was scheduled and not set by hand, the
    /// latest of its items that the policy still has. Under compliance it only moves later.
    package func restamp(_ snapshot: KeepSubject, isCompliant: Bool) -> Timestamp? {
        guard !snapshot.isEdited else { return snapshot.expires }
        let kept = items.filter { snapshot.items.contains($0.every.description) }.compactMap(\.keep)
        guard let latest = kept.map({ $0.after(snapshot.time) }).max() else { return snapshot.expires }
        guard isCompliant else { return latest }
        return snapshot.expires.map { max($0, latest) }
    }

    private func keep(of schedule: Schedule) -> Period? { items.first { $0.every == schedule }?.keep }

    private static func raise(_ expires: Timestamp, _ minKeep: Period?, _ time: Timestamp) -> Timestamp {
        minKeep.map { max(expires, $0.after(time)) } ?? expires
    }
}
