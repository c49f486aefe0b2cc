/// A time of day on a wall clock, to the minute: `18:00`.
package struct TimeOfDay: Hashable, Sendable {
    package let hour: Int
    package let minute: Int

    /// Nil where no clock shows it.
    package init?(hour: Int, minute: Int) {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return nil }
        (self.hour, self.minute) = (hour, minute)
    }

    /// Reads `HH:MM`, two digits each.
    package init?(_ text: String) {
        let digits = text.utf8.map { Int($0) - 48 }
        guard digits.count == 5, digits[2] == Int(UInt8(ascii: ":")) - 48,
            [0, 1, 3, 4].allSatisfy({ (0...9).contains(digits[$0]) })
        else { return nil }
        self.init(hour: digits[0] * 10 + digits[1], minute: digits[3] * 10 + digits[4])
    }

    private init(onTheHour hour: Int) { (self.hour, minute) = (hour, 0) }

    /// 18:00.
    package static let evening = TimeOfDay(onTheHour: 18)
}

extension TimeOfDay: CustomStringConvertible {
    package var description: String {
        "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}
