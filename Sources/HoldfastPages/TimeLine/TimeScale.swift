import Holdfast
import HoldfastModel

/// Where moments stand on the time line, in percent of its width: from the first use of any CMK to the last date that is foreseen. What
/// lies too far away to be drawn to scale stands at the edge.
struct TimeScale {
    /// A line across all rows, with what it says.
    struct Tick: Hashable {
        let position: Double
        let label: String
        /// Every other one, which narrow pages leave out.
        let isMinor: Bool
    }

    private static let year: Int64 = 365 * 86_400
    private static let longestPast = 12 * year
    /// Room at both ends, in percent, so that nothing that is marked there is cut.
    private static let margin = 1.5

    let start: Timestamp
    let end: Timestamp
    let now: Timestamp

    init(_ report: KeysReport) {
        now = report.asOf
        let keys = report.keys
        let begins = keys.flatMap(\.activeSpans).map(\.from) + keys.compactMap(\.first)
        let first = max(begins.min() ?? now, now + -Self.longestPast)
        start = min(first, now + -30 * 86_400)
        let ends = keys.compactMap { $0.verdict?.when?.date } + keys.compactMap(\.deletionDate)
        let reach = max(2 * Self.year, 2 * (now - start))
        let last = min(ends.max() ?? now, now + reach)
        end = max(last, now) + max(30 * 86_400, (max(last, now) - start) / 16)
    }

    /// 0 to 100.
    func position(_ time: Timestamp) -> Double {
        let share = Double(time.seconds - start.seconds) / Double(end.seconds - start.seconds)
        return Self.margin + min(max(share, 0), 1) * (100 - 2 * Self.margin)
    }

    func isBeyond(_ time: Timestamp) -> Bool { time > end }

    var ticks: [Tick] {
        let months = [1, 3, 6, 12, 24, 60, 120].first { Self.month * $0 * 9 >= end - start } ?? 120
        let first = start.date
        let firstMonth = (first.year * 12 + first.month - 1) / months * months + months
        var ticks: [Tick] = []
        for (index, month) in stride(from: firstMonth, through: firstMonth + months * 12, by: Int(months)).enumerated() {
            guard let date = CalendarDate(year: month / 12, month: month % 12 + 1, day: 1) else { continue }
            let time = Timestamp(seconds: date.daysSince1970 * 86_400)
            guard time < end else { break }
            ticks.append(Tick(position: position(time), label: Self.label(date), isMinor: index % 2 == 1))
        }
        return ticks
    }

    private static let month: Int64 = 2_629_800
    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func label(_ date: CalendarDate) -> String {
        date.month == 1 ? "\(date.year)" : monthNames[Int(date.month) - 1]
    }
}
