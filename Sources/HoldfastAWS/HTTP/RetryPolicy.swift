import Synchronization

/// How often and after which pauses a request is sent again: exponential, with full jitter, so that many hosts that failed together
/// do not come back together.
package struct RetryPolicy: Hashable, Sendable {
    /// In all, the first included.
    package let attempts: Int
    /// The upper end of the first pause; it doubles with each.
    package let base: Duration
    /// The upper end of any pause.
    package let cap: Duration

    package init(attempts: Int = 5, base: Duration = .milliseconds(100), cap: Duration = .seconds(10)) {
        precondition(attempts >= 1, "a request is sent at least once")
        self.attempts = attempts
        self.base = base
        self.cap = cap
    }

    /// The pause after so many failures, `random` being uniform in 0 ..< 1; nil where that was the last attempt.
    package func pause(afterFailures count: Int, random: Double) -> Duration? {
        guard count < attempts else { return nil }
        // Past 30 doublings any base has met the cap.
        let doubled = base * (1 << min(count - 1, 30))
        return min(doubled, cap) * random
    }
}

/// How many retries all requests together may still make: in an outage everyone fails, and nobody is helped by everyone trying five times.
package final class RetryBudget: Sendable {
    private let capacity: Int
    private let left: Mutex<Int>

    /// Each retry takes `cost` tokens; each request that succeeds brings one back.
    private static let cost = 5

    package init(capacity: Int = 500) {
        self.capacity = capacity
        left = Mutex(capacity)
    }

    /// Takes what a retry costs, if it is there.
    package func take() -> Bool {
        left.withLock { left in
            guard left >= Self.cost else { return false }
            left -= Self.cost
            return true
        }
    }

    package func succeed() { left.withLock { $0 = min(capacity, $0 + 1) } }
}
