/// A promise about retention that a repository's key log keeps, so that editing the project file cannot undo it
/// (`docs/RETENTION.md`, section 1.2). It binds Holdfast's own clients, not somebody with raw access to the store.
package struct Compliance: Hashable, Sendable {
    /// No snapshot is kept shorter than this.
    package var minKeep: Period
    /// The trash keeps at least so long.
    package var grace: Period
    /// The guard keeps at least so many.
    package var keepMin: Int

    package init(minKeep: Period, grace: Period, keepMin: Int) {
        self.minKeep = minKeep
        self.grace = grace
        self.keepMin = keepMin
    }

    /// What both promise.
    package func combined(with other: Compliance) -> Compliance {
        Compliance(
            minKeep: Self.longer(minKeep, other.minKeep), grace: Self.longer(grace, other.grace),
            keepMin: max(keepMin, other.keepMin))
    }

    private static func longer(_ a: Period, _ b: Period) -> Period { a.comparableSeconds < b.comparableSeconds ? b : a }

    /// What a policy may not say under it, each with the path of its field.
    package func violations(by policy: Policy) -> [(field: String, demand: String)] {
        var found: [(field: String, demand: String)] = []
        for (number, item) in policy.items.enumerated() {
            guard let keep = item.keep, keep.comparableSeconds < minKeep.comparableSeconds else { continue }
            found.append(("items[\(number)].keep", "compliance demands \(minKeep) at least"))
        }
        if policy.onDemand.comparableSeconds < minKeep.comparableSeconds {
            found.append(("on_demand", "compliance demands \(minKeep) at least"))
        }
        if policy.grace.comparableSeconds < grace.comparableSeconds {
            found.append(("grace", "compliance demands \(grace) at least"))
        }
        if policy.keepMin < keepMin { found.append(("keep_min", "compliance demands \(keepMin) at least")) }
        if policy.keepRules != nil { found.append(("keep_rules", "compliance allows dates alone: every item needs keep:")) }
        return found
    }

    /// The policy as it is obeyed: whatever the project file says, no less than what was promised.
    package func applied(to policy: Policy) -> Policy {
        var strict = policy
        strict.grace = Self.longer(policy.grace, grace)
        strict.keepMin = max(policy.keepMin, keepMin)
        strict.keepRules = nil
        return strict
    }
}
