/// Parts of a policy that are right each alone and wrong together. Numbers are positions in `items`.
package enum PolicyConflict: Hashable, Sendable {
    case twice(Int, sameAs: Int)
    case secondHourItem(Int)
    case howLong(Int)
    case datedAndCounted(Int)
    /// Kept for less than its own interval.
    case goneBeforeTheNext(Int)
    /// A less frequent item that is kept for less than a more frequent one.
    case keptShorter(Int, than: Int)
    case keepsNothing
}

extension Policy {
    /// Every conflict, in the order of the items (`docs/RETENTION.md`, section 1.4).
    package var conflicts: [PolicyConflict] {
        let ofItems = items.indices.flatMap { [everyConflict($0), keepConflict($0)].compactMap(\.self) }
        return ofItems + (keepRules?.keepsNothing == true ? [.keepsNothing] : [])
    }

    private func everyConflict(_ index: Int) -> PolicyConflict? {
        let every = items[index].every
        if let first = items[..<index].firstIndex(where: { $0.every == every }) { return .twice(index, sameAs: first) }
        guard every.frequency == .hourly, items[..<index].contains(where: { $0.every.frequency == .hourly }) else { return nil }
        return .secondHourItem(index)
    }

    private func keepConflict(_ index: Int) -> PolicyConflict? {
        let item = items[index]
        guard let keep = item.keep else { return keepRules == nil ? .howLong(index) : nil }
        if keepRules != nil { return .datedAndCounted(index) }
        if keep.comparableSeconds < item.every.intervalSeconds { return .goneBeforeTheNext(index) }
        let longer = items.indices.filter { other in
            items[other].every.frequency < item.every.frequency
                && (items[other].keep?.comparableSeconds ?? 0) > keep.comparableSeconds
        }
        let longest = longer.max { (items[$0].keep?.comparableSeconds ?? 0) < (items[$1].keep?.comparableSeconds ?? 0) }
        return longest.map { .keptShorter(index, than: $0) }
    }
}
