/// Which part of a snapshot a drill restores: the same part of the same snapshot is always the same bytes.
package struct DrillPart: Hashable, Sendable {
    package let amount: DrillAmount
    /// Where the sample begins; of no meaning where everything is restored.
    package let sweep: DrillSweep

    package init(_ amount: DrillAmount, at sweep: DrillSweep) {
        self.amount = amount
        self.sweep = sweep
    }
}
