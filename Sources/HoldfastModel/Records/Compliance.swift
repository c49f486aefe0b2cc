/// A promise about retention that a repository's key log keeps, so that editing the project file cannot undo it
/// (`docs/RETENTION.md`, section 1.2). It binds Holdfast's own clients, not somebody with raw access to the store.
package struct Compliance: Hashable, Sendable {
    /// No snapshot is kept shorter than this.
    package var minKeep: Period
    /// The trash keeps at least so long.
    package var grace: Period
    /// The guard keeps at least so many, with backups on or off.
    package var keepMin: Int

    package init(minKeep: Period, grace: Period, keepMin: Int) {
        self.minKeep = minKeep
        self.grace = grace
        self.keepMin = keepMin
    }

    /// No less than what both promise; `other` itself where that is it.
    package func combined(with other: Compliance) -> Compliance {
        Compliance(
            minKeep: minKeep.covering(other.minKeep), grace: grace.covering(other.grace), keepMin: max(keepMin, other.keepMin))
    }

    /// Something that a policy may not say under it.
    package struct Violation: Hashable, Sendable {
        /// The path of the field, below the policy.
        package let field: String
        package let demand: String
        /// What to write instead.
        package let cure: String
    }

    package func violations(by policy: Policy) -> [Violation] {
        var found: [Violation] = []
        func demand(_ least: String, of field: String, by name: String) {
            found.append(
                Violation(
                    field: field, demand: "compliance demands \(least) at least",
                    cure: "write \(name): \(least) in the project file, or more"))
        }
        for (number, item) in policy.items.enumerated() {
            guard let keep = item.keep, !keep.covers(minKeep) else { continue }
            demand("\(minKeep)", of: "items[\(number)].keep", by: "keep")
        }
        if !policy.onDemand.covers(minKeep) { demand("\(minKeep)", of: "on_demand", by: "on_demand") }
        if !policy.grace.covers(grace) { demand("\(grace)", of: "grace", by: "grace") }
        if policy.keepMin < keepMin { demand("\(keepMin)", of: "keep_min", by: "keep_min") }
        if policy.keepRules != nil {
            found.append(
                Violation(
                    field: "keep_rules", demand: "compliance allows dates alone: every item needs keep:",
                    cure: "take keep_rules: out of the project file, and write keep: in every item"))
        }
        return found
    }

    /// The policy as it is obeyed: whatever the project file says, no less than what was promised.
    package func applied(to policy: Policy) -> Policy {
        var strict = policy
        strict.grace = grace.covering(policy.grace)
        strict.keepMin = max(policy.keepMin, keepMin)
        strict.keepMinPromised = keepMin
        strict.keepRules = nil
        return strict
    }
}

extension Policy {
    /// The policy in force: as the project file has it, and no less than the key log promises.
    package func obeyed(under compliance: Compliance?) -> Policy { compliance?.applied(to: self) ?? self }
}
