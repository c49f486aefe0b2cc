extension Period {
    /// Its length in seconds when it begins on 2027-01-01: 12 months are 365 days (`docs/RETENTION.md`, section 1.4).
    package var comparableSeconds: Int64 {
        let start = Timestamp(seconds: 1_798_761_600)
        return after(start) - start
    }

    /// So many days; unlike the other initialisers it cannot fail.
    package init(days count: UInt8) { (self.count, unit) = (Int64(count), .days) }
}
