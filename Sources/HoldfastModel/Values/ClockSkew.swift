/// By how many seconds two clocks differ: this machine's and a store's.
package struct ClockSkew: Hashable, Sendable {
    /// A larger difference makes every date a projection, and no snapshot and no prune starts (`docs/RETENTION.md`, section 3.5).
    private static let tolerated: Int64 = 300

    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package var isTolerable: Bool { abs(seconds) <= Self.tolerated }
}

extension ClockSkew: CustomStringConvertible {
    package var description: String { "\(abs(seconds) / 60) minutes" }
}
