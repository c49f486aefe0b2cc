import Holdfast
import HoldfastFormat
import HoldfastModel

extension ProgressDisplay.Source {
    /// How much of the snapshot a running restore has written, and how long the rest may take.
    static func restore(_ progress: RestoreProgress) -> Self {
        Self(
            line: { seconds in
                let figures = progress.figures
                let left = RestorePace(figures, seconds: seconds).secondsLeft
                return "\(ElapsedTime(seconds: Int64(seconds)))  \(figures.filesRestored) files, "
                    + "\(ByteCount(figures.bytesRestored)) of \(ByteCount(figures.bytesTotal)) "
                    + "(\(ByteCount(figures.bytesWritten).rate(over: seconds)))"
                    + (left.map { ", \(ElapsedTime(seconds: $0)) left" } ?? "")
                    + "  \(String(decoding: figures.currentPath, as: UTF8.self))"
            },
            status: { seconds in
                let figures = progress.figures
                let pace = RestorePace(figures, seconds: seconds)
                return [
                    "message_type": "status", "seconds_elapsed": .integer(Int64(seconds)),
                    "seconds_remaining": pace.secondsLeft.map(JSONValue.integer) ?? .null,
                    "percent_done": .integer(pace.percent), "files_restored": .count(figures.filesRestored),
                    "bytes_restored": .count(figures.bytesRestored), "bytes_written": .count(figures.bytesWritten),
                    "total_files": .count(figures.entriesTotal), "total_bytes": .count(figures.bytesTotal),
                    "current_files": figures.currentPath.isEmpty
                        ? [] : [.string(figures.currentPath.displayPath)],
                ]
            })
    }
}

/// How far a restore has come, as a part of the whole snapshot's bytes.
struct RestorePace {
    /// Of 100.
    let percent: Int64
    /// Nil where nothing is known yet.
    let secondsLeft: Int64?

    init(_ figures: RestoreProgress.Figures, seconds: Double) {
        let (done, total) = (Double(figures.bytesRestored), Double(figures.bytesTotal))
        let part = total > 0 ? min(1, done / total) : 0
        percent = Int64(part * 100)
        secondsLeft = part > 0 && seconds / part < 1e9 ? Int64(seconds / part - seconds) : nil
    }
}
