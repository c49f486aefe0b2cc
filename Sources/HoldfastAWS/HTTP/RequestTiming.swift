package import HoldfastModel

/// Time and chance as requests need them; tests bring their own.
package struct RequestTiming: Sendable {
    /// Now, for signatures and expiry: the real time, whatever `--time` says, since AWS compares it with its own.
    package let now: @Sendable () -> Timestamp
    /// A clock that only goes forward, for rates.
    package let elapsed: @Sendable () -> Duration
    /// Throws where the task was cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// Uniform in 0 ..< 1.
    package let random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Timestamp, elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.elapsed = elapsed
        self.sleep = sleep
        self.random = random
    }

    /// The machine's clocks.
    package static func system(now: @escaping @Sendable () -> Timestamp) -> Self {
        let start = ContinuousClock.now
        return Self(
            now: now, elapsed: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) },
            random: { Double.random(in: 0..<1) })
    }
}
