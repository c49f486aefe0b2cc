import HoldfastModel

/// Times as they stand in headers.
enum HTTPTime {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, of a time after 1970.
    static func text(_ time: Timestamp) -> String {
        let date = time.date
        let clock = time.description.dropFirst(11).dropLast()
        return
            "\(days[Int(date.daysSince1970 % 7)]), \(date.day < 10 ? "0" : "")\(date.day) \(months[Int(date.month - 1)]) \(date.year) \(clock) GMT"
    }
}
