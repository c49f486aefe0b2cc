extension Period {
    /// What a person may write.
    package static let rule = "write a number and hours, days, weeks, months or years"
    private static let longest = Period(years: 100)

    /// Reads what a person wrote, on a command line or in the project file: up to 100 years. What a record says may be longer, and is
    /// read all the same.
    package init?(written text: String) {
        guard let period = Period(text), period.comparableSeconds <= Self.longest.comparableSeconds else { return nil }
        self = period
    }

    private init(years count: UInt8) { (self.count, unit) = (Int64(count), .years) }
}
