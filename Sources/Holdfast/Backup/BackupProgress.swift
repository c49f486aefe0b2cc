import HoldfastModel
import Synchronization

/// What a running backup has done so far; read by whoever shows progress, at any time.
package final class BackupProgress: Sendable {
    /// One moment's figures. *Scanned* is what was looked at, *read* what was read from files, *new* what the base did not
    /// have, *stored* what went to the repository.
    package struct Figures: Sendable {
        package var entriesScanned: UInt64 = 0
        package var bytesScanned: UInt64 = 0
        package var bytesRead: UInt64 = 0
        package var bytesNew: UInt64 = 0
        package var bytesStored: UInt64 = 0
        package var filesNew: UInt64 = 0
        package var filesChanged: UInt64 = 0
        package var filesUnmodified: UInt64 = 0
        package var directoriesNew: UInt64 = 0
        package var directoriesChanged: UInt64 = 0
        package var directoriesUnmodified: UInt64 = 0
        package var currentPath: [UInt8] = []
    }

    private let state = Mutex(Figures())

    package init() {}

    package var figures: Figures { state.withLock { $0 } }

    func update(_ change: (inout Figures) -> Void) { state.withLock { change(&$0) } }
    func scanned(_ entry: Entry) {
        state.withLock { figures in
            figures.entriesScanned += 1
            figures.bytesScanned &+= entry.size
        }
    }

    /// Counts an entry as new, changed or unmodified beside the base's.
    func compared(_ walked: Entry, with known: Entry?) {
        let isUnmodified = known.map { BaseComparison.unchanged(walked, $0) != nil } ?? false
        state.withLock { figures in
            switch (walked.kind == .directory, known == nil, isUnmodified) {
            case (false, true, _): figures.filesNew += 1
            case (false, false, false): figures.filesChanged += 1
            case (false, false, true): figures.filesUnmodified += 1
            case (true, true, _): figures.directoriesNew += 1
            case (true, false, false): figures.directoriesChanged += 1
            case (true, false, true): figures.directoriesUnmodified += 1
            }
        }
    }

    func read(byteCount: Int) { state.withLock { $0.bytesRead += UInt64(byteCount) } }
    func new(byteCount: Int) { state.withLock { $0.bytesNew += UInt64(byteCount) } }
    func stored(byteCount: Int) { state.withLock { $0.bytesStored += UInt64(byteCount) } }
}
