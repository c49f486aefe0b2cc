/// By what it is decided when a snapshot goes, besides what its own log says (`docs/RETENTION.md`, section 1.2).
package struct RetentionTerms: Hashable, Sendable {
    /// What the key log promises; nil: nothing.
    package let compliance: Compliance?
    /// How long the trash keeps, by the policy in force.
    package let grace: Period
    /// A time was given by hand: what a record says of its own time then stands for the store's (`docs/PROTOCOL.md`, section 5,
    /// ruling 5).
    package let isTimeGiven: Bool

    /// `policy`: as the project file has it.
    package init(_ policy: Policy, under compliance: Compliance?, isTimeGiven: Bool) {
        self.compliance = compliance
        grace = policy.obeyed(under: compliance).grace
        self.isTimeGiven = isTimeGiven
    }
}
