extension FixedWidthInteger {
    /// The sum, or the greatest number there is: sizes that others wrote down are compared and shown, whatever they say.
    package func addingSaturated(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Sequence where Element: FixedWidthInteger {
    /// Of numbers that are not negative.
    package var saturatedSum: Element { reduce(0) { $0.addingSaturated($1) } }
}
