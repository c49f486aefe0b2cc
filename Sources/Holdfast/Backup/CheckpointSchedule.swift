import HoldfastModel

/// When the next checkpoint is due: an interrupted backup repeats a few hundredths of its work, and a checkpoint is never far.
struct CheckpointSchedule: Sendable {
    private static let leastByteCount: UInt64 = 64 << 20
    private static let times: ClosedRange<Duration> = .seconds(60)...(.seconds(300))

    private static let longWrite = Duration.seconds(15)

    private let mostByteCount: UInt64
    private let start = ContinuousClock.now
    private var dueByteCount: UInt64
    private var dueTime: ContinuousClock.Instant
    /// One that took long is not followed by the next at once.
    private var earliest: ContinuousClock.Instant

    /// One is due after so many new bytes in any case.
    init(mostByteCount: UInt64) {
        self.mostByteCount = mostByteCount
        dueByteCount = min(mostByteCount, Self.leastByteCount)
        dueTime = start + Self.times.lowerBound
        earliest = start
    }

    /// For how long this run has been at work.
    var age: Duration { ContinuousClock.now - start }

    func isDue(_ figures: BackupProgress.Figures) -> Bool {
        let now = ContinuousClock.now
        return now >= earliest && (figures.bytesNew >= dueByteCount || now >= dueTime)
    }

    /// One stands that says what `figures` say: the next is due after a thirty-second as many new bytes, or a twentieth of the time, within
    /// bounds. `begun` is when it was begun: where writing it took long, the next comes after ten times as long at the soonest.
    mutating func goOn(from figures: BackupProgress.Figures, begun: ContinuousClock.Instant = .now) {
        dueByteCount = figures.bytesNew + min(mostByteCount, max(Self.leastByteCount, figures.bytesNew / 32))
        let now = ContinuousClock.now
        dueTime = now + min(max((now - start) / 20, Self.times.lowerBound), Self.times.upperBound)
        earliest = now - begun > Self.longWrite ? now + (now - begun) * 10 : now
    }

    /// Returns when the next one is due, or the task is cancelled.
    func wait(for progress: BackupProgress) async {
        await pause(until: earliest)
        let signal = AsyncSignal()
        progress.notify(signal, atNew: dueByteCount)
        async let _: Void = give(signal, at: dueTime)
        await signal.wait()
    }

    private func give(_ signal: AsyncSignal, at time: ContinuousClock.Instant) async {
        await pause(until: time)
        signal.give()
    }

    /// For a time that has passed no timer is set: it would come back from another thread.
    private func pause(until time: ContinuousClock.Instant) async {
        guard ContinuousClock.now < time else { return }
        do {
            try await Task.sleep(until: time, clock: .continuous)
        } catch {
            // Cancelled: whoever waits looks for that.
        }
    }
}
