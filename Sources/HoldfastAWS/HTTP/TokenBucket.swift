import Synchronization

/// How many requests a second: a bucket that fills at `rate` and holds a second's worth. A caller takes its token in advance and
/// waits until it would have been there, so callers go in the order in which they came.
package struct TokenBucket: Hashable, Sendable {
    /// Tokens a second.
    private let rate: Double
    private let capacity: Double
    /// Below zero while callers wait.
    private var level: Double
    private var filled: Duration

    package init(rate: Double, capacity: Double? = nil, at time: Duration = .zero) {
        precondition(rate > 0, "a rate of nothing waits for ever")
        self.rate = rate
        self.capacity = capacity ?? max(1, rate)
        level = self.capacity
        filled = time
    }

    /// Takes one token and says how long to wait for it; `time` is on a clock that only goes forward.
    package mutating func take(at time: Duration) -> Duration {
        level = min(capacity, level + (time - filled) / .seconds(1) * rate)
        filled = time
        level -= 1
        return level >= 0 ? .zero : .seconds(-level / rate)
    }
}

/// A bucket that many tasks draw from.
package final class RateLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let timing: RequestTiming

    /// `rate` in requests a second.
    package init(rate: Double = 50, timing: RequestTiming) {
        bucket = Mutex(TokenBucket(rate: rate, at: timing.elapsed()))
        self.timing = timing
    }

    /// Waits for the caller's turn.
    package func turn() async throws(TransportError) {
        let wait = bucket.withLock { $0.take(at: timing.elapsed()) }
        guard wait > .zero else { return }
        do { try await timing.sleep(wait) } catch { throw .cancelled }
    }
}
