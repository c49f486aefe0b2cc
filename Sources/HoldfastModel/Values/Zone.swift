/// A time zone: its name in the tz database, and its offsets from UTC as that database has them.
package struct Zone: Hashable, Sendable {
    /// From `time` on local clocks show UTC and `offset` seconds.
    package struct Transition: Hashable, Sendable {
        package let time: Timestamp
        package let offset: Int64

        package init(time: Timestamp, offset: Int64) {
            self.time = time
            self.offset = offset
        }
    }

    package let name: String
    /// Seconds, before the first transition.
    private let initialOffset: Int64
    /// Ascending.
    private let transitions: [Transition]

    package init(name: String, initialOffset: Int64, transitions: [Transition] = []) {
        self.name = name
        self.initialOffset = initialOffset
        self.transitions = transitions
    }

    package static let utc = Zone(name: "UTC", initialOffset: 0)

    /// What a local clock shows at `time`, in seconds since 1970-01-01 00:00 on that clock.
    package func localSeconds(at time: Timestamp) -> Int64 {
        time.seconds + offset(of: segment(at: time))
    }

    /// When a local clock first shows `localSeconds` or more: of a time that occurs twice the first, of one that does not
    /// exist the end of the gap (`docs/RETENTION.md`, section 1.1).
    package func instant(ofLocalSeconds localSeconds: Int64) -> Timestamp {
        var number = segment(at: Timestamp(seconds: localSeconds - Self.widestOffset))
        while true {
            let start = number == 0 ? Int64.min : transitions[number - 1].time.seconds
            let end = number == transitions.count ? Int64.max : transitions[number].time.seconds
            let instant = max(start, localSeconds - offset(of: number))
            if instant < end { return Timestamp(seconds: instant) }
            number += 1
        }
    }

    /// No clock is further from UTC, in seconds.
    private static let widestOffset: Int64 = 2 * 86_400

    /// The time line in pieces of one offset each: number n begins with transition n − 1.
    private func offset(of segment: Int) -> Int64 {
        segment == 0 ? initialOffset : transitions[segment - 1].offset
    }

    private func segment(at time: Timestamp) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Zone: CustomStringConvertible {
    package var description: String { name }
}
