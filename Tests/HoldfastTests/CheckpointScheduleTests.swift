import Testing

@testable import Holdfast

@Suite("When a checkpoint is due")
struct CheckpointScheduleTests {
    private static let mebibyte: UInt64 = 1 << 20

    private static func figures(new byteCount: UInt64) -> BackupProgress.Figures {
        var figures = BackupProgress.Figures()
        figures.bytesNew = byteCount
        return figures
    }

    @Test(
        "after 64 MiB of new data, a thirty-second of what is new where that is more, and never more than was asked for",
        arguments: [
            (most: 2048, written: 0, next: 64), (most: 2048, written: 100, next: 164), (most: 2048, written: 6400, next: 6600),
            (most: 2048, written: 1_000_000, next: 1_002_048), (most: 1, written: 0, next: 1), (most: 1, written: 500, next: 501),
        ] as [(UInt64, UInt64, UInt64)])
    func size(most: UInt64, written: UInt64, next: UInt64) {
        var schedule = CheckpointSchedule(mostByteCount: most * Self.mebibyte)
        if written > 0 { schedule.goOn(from: Self.figures(new: written * Self.mebibyte)) }
        #expect(!schedule.isDue(Self.figures(new: next * Self.mebibyte - 1)))
        #expect(schedule.isDue(Self.figures(new: next * Self.mebibyte)))
    }

    @Test("one that took long to write is not followed by the next at once, whatever is new")
    func slow() {
        var schedule = CheckpointSchedule(mostByteCount: 1)
        schedule.goOn(from: Self.figures(new: 1), begun: .now - .seconds(20))
        #expect(!schedule.isDue(Self.figures(new: 100)))
        schedule.goOn(from: Self.figures(new: 1), begun: .now - .seconds(10))
        #expect(schedule.isDue(Self.figures(new: 100)))
    }

    @Test("whoever waits for it is told when the bytes are there, or were before", arguments: [true, false])
    func wait(isThere: Bool) async {
        let progress = BackupProgress()
        let schedule = CheckpointSchedule(mostByteCount: 10)
        if isThere { progress.new(byteCount: 10) }
        let waiting = Task { await schedule.wait(for: progress) }
        while !isThere, progress.figures.bytesNew < 10 {
            await Task.yield()
            progress.new(byteCount: 1)
        }
        await waiting.value
    }
}
