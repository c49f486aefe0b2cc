import Holdfast
import HoldfastFormat
import HoldfastModel

extension ProgressDisplay.Source {
    /// What a running backup has scanned, read, found new and stored; how much there will be is not known before it was walked.
    static func backup(_ progress: BackupProgress) -> Self {
        Self(
            line: { seconds in
                let figures = progress.figures
                return "\(ElapsedTime(seconds: Int64(seconds)))  \(figures.entriesScanned) entries, "
                    + "\(ByteCount(figures.bytesScanned)) scanned, \(ByteCount(figures.bytesRead)) read "
                    + "(\(ByteCount(figures.bytesRead).rate(over: seconds))), \(ByteCount(figures.bytesNew)) new, "
                    + "\(ByteCount(figures.bytesStored)) stored  \(String(decoding: figures.currentPath, as: UTF8.self))"
            },
            status: { seconds in
                let figures = progress.figures
                return [
                    "message_type": "status", "seconds_elapsed": .integer(Int64(seconds)),
                    "entries_scanned": .count(figures.entriesScanned), "bytes_scanned": .count(figures.bytesScanned),
                    "bytes_read": .count(figures.bytesRead), "bytes_new": .count(figures.bytesNew),
                    "bytes_stored": .count(figures.bytesStored),
                    "current_files": figures.currentPath.isEmpty
                        ? [] : [.string(figures.currentPath.displayPath)],
                ]
            })
    }
}
