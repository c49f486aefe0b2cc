/// How long something took or will take, as people read it: `0:42`, `1:02:03`, `2 d 3 h`.
package struct ElapsedTime: Hashable, Sendable {
    package let seconds: Int64

    /// A negative time counts as none.
    package init(seconds: Int64) { self.seconds = max(0, seconds) }
}

extension ElapsedTime: CustomStringConvertible {
    package var description: String {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        if hours >= 48 { return "\(hours / 24) d \(hours % 24) h" }
        if hours > 0 { return "\(hours):\(padded(minutes)):\(padded(seconds % 60))" }
        return "\(minutes):\(padded(seconds % 60))"
    }

    private func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
