/// How often it is to be shown that backups restore, and by whom.
package struct DrillPlan: Hashable, Sendable {
    package var every: Period
    package var amount: DrillAmount
    /// The name of the one machine that drills; nil: every machine that has the project file.
    package var host: String?

    package init(every: Period, amount: DrillAmount = .standard, host: String? = nil) {
        self.every = every
        self.amount = amount
        self.host = host
    }

    /// Whether it is this machine's to drill, and to miss a drill.
    package func concerns(_ hostName: String) -> Bool { host.map { $0 == hostName } ?? true }
}
