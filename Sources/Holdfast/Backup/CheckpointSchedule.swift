import HoldfastModel

/// When the next checkpoint is due: an interrupted backup repeats a few hundredths of its work, and a checkpoint is never far.
struct CheckpointSchedule: Sendable {
    private static let leastByteCount: UInt64 = 64 << 20
    private static let times: ClosedRange<Duration> = .seconds(60)...(.seconds(300))

    private let mostByteCount: UInt64
    private let start = ContinuousClock.now
    private var dueByteCount: UInt64
    private var dueTime: ContinuousClock.Instant

    /// One is due after so many new bytes in any case.
    init(mostByteCount: UInt64) {
        self.mostByteCount = mostByteCount
        dueByteCount = min(mostByteCount, Self.leastByteCount)
        dueTime = start + Self.times.lowerBound
    }

    func isDue(_ figures: BackupProgress.Figures) -> Bool {
        figures.bytesNew >= dueByteCount || ContinuousClock.now >= dueTime
    }

    /// One is written now: the next is due after a thirty-second as many new bytes as there are, or a twentieth of the time, within bounds.
    mutating func goOn(from figures: BackupProgress.Figures) {
        dueByteCount = figures.bytesNew + min(mostByteCount, max(Self.leastByteCount, figures.bytesNew / 32))
        let now = ContinuousClock.now
        dueTime = now + min(max((now - start) / 20, Self.times.lowerBound), Self.times.upperBound)
    }

    /// Returns when the next one is due, or the task is cancelled.
    func wait(for progress: BackupProgress) async {
        let signal = AsyncSignal()
        progress.notify(signal, atNew: dueByteCount)
        async let _: Void = give(signal, at: dueTime)
        await signal.wait()
    }

    private func give(_ signal: AsyncSignal, at time: ContinuousClock.Instant) async {
        do {
            try await Task.sleep(until: time, clock: .continuous)
            signal.give()
        } catch {
            // Nobody waits any more.
        }
    }
}
