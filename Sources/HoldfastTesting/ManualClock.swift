package import HoldfastModel
import Synchronization

/// A clock that stands until it is moved.
package final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    /// Stands at 2027-01-31T18:00:00Z unless told otherwise.
    package init(_ time: Timestamp = Timestamp(seconds: 1_801_418_400)) { self.time = Mutex(time) }

    package var now: Timestamp { time.withLock(\.self) }

    package func advance(bySeconds seconds: Int64) { time.withLock { $0 = $0 + seconds } }
    package func set(_ time: Timestamp) { self.time.withLock { $0 = time } }
}
