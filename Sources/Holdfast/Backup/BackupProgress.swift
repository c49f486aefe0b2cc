import HoldfastModel
import HoldfastStorage
import Synchronization

/// What a running backup has done so far; read by whoever shows progress, at any time.
package final class BackupProgress: Sendable {
    /// One moment's figures. *Scanned* is what was looked at, *read* what was read from files, *new* what the base did not
    /// have, *stored* what went to the repository. *Reread* is what of the *read* came from unchanged files, to win back space; *differing*
    /// are those of them that read differently than they were stored.
    package struct Figures: Sendable {
        package var entriesScanned: UInt64 = 0
        package var bytesScanned: UInt64 = 0
        package var bytesRead: UInt64 = 0
        package var bytesReread: UInt64 = 0
        package var bytesNew: UInt64 = 0
        package var bytesStored: UInt64 = 0
        package var filesNew: UInt64 = 0
        package var filesChanged: UInt64 = 0
        package var filesUnmodified: UInt64 = 0
        package var directoriesNew: UInt64 = 0
        package var directoriesChanged: UInt64 = 0
        package var directoriesUnmodified: UInt64 = 0
        package var filesDiffering: UInt64 = 0
        /// The first of them.
        package var differingPath = ""
        /// How many have another mtime than the snapshot can hold.
        var distantTimes: UInt64 = 0
        /// The first of them.
        var distantTimePath = ""
        /// Paths of the source that are symbolic links.
        var linkedRoots: [Entry] = []
        package var currentPath: [UInt8] = []
    }

    private let state = Mutex(Figures())
    /// To be given once there are so many new bytes.
    private let awaited = Mutex<(bytesNew: UInt64, signal: AsyncSignal)?>(nil)

    package init() {}

    package var figures: Figures { state.withLock { $0 } }

    func update(_ change: (inout Figures) -> Void) { state.withLock { change(&$0) } }
    func scanned(_ entry: Entry) {
        state.withLock { figures in
            if entry.hasNearestTime {
                if figures.distantTimes == 0 { figures.distantTimePath = entry.displayPath }
                figures.distantTimes += 1
            }
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
    /// Bytes of an unchanged file, read to store them anew.
    func reread(byteCount: Int) {
        state.withLock { figures in
            figures.bytesRead += UInt64(byteCount)
            figures.bytesReread += UInt64(byteCount)
        }
    }

    /// A file that nothing says has changed, and that reads differently than it was stored.
    func differs(_ entry: Entry) {
        state.withLock { figures in
            if figures.filesDiffering == 0 { figures.differingPath = entry.displayPath }
            figures.filesDiffering += 1
        }
    }

    /// A path of the source that is a symbolic link itself.
    func listed(linkedRoot entry: Entry) {
        state.withLock { figures in
            if !figures.linkedRoots.contains(where: { $0.path == entry.path }) { figures.linkedRoots.append(entry) }
        }
    }

    func new(byteCount: Int) {
        let bytesNew = state.withLock { figures in
            figures.bytesNew += UInt64(byteCount)
            return figures.bytesNew
        }
        let due = awaited.withLock { awaited -> AsyncSignal? in
            guard let due = awaited, bytesNew >= due.bytesNew else { return nil }
            awaited = nil
            return due.signal
        }
        due?.give()
    }

    /// Has the signal given once so many bytes are new; whoever asked before is forgotten.
    func notify(_ signal: AsyncSignal, atNew byteCount: UInt64) {
        // Whoever adds bytes looks here afterwards: what is not past by now will be met there.
        let isPast = awaited.withLock { awaited in
            let isPast = figures.bytesNew >= byteCount
            awaited = isPast ? nil : (byteCount, signal)
            return isPast
        }
        if isPast { signal.give() }
    }

    func stored(byteCount: Int) { state.withLock { $0.bytesStored += UInt64(byteCount) } }
}

extension BackupProgress.Figures {
    /// What people should look at, and what makes the snapshot no worse than its base.
    var notes: [String] {
        linkNotes + distantTimeNotes + differingNotes
    }

    private var linkNotes: [String] {
        linkedRoots.map { entry in
            let target = String(decoding: entry.linkTarget, as: UTF8.self)
            return "\(entry.displayPath) is a symbolic link, and only that is stored: what is in \(target), to which it leads, "
                + "is backed up where that is named itself"
        }
    }

    private var distantTimeNotes: [String] {
        guard distantTimes > 0 else { return [] }
        return [
            "\(distantTimes == 1 ? "an mtime lies" : "\(distantTimes) mtimes lie") before September 1677 or after April 2262, and the "
                + "nearest that a snapshot can hold is stored instead: \(distantTimePath)"
        ]
    }

    private var differingNotes: [String] {
        guard filesDiffering > 0 else { return [] }
        return [
            "\(filesDiffering == 1 ? "a file reads" : "\(filesDiffering) files read") differently than stored, though no time or size changed: "
                + "\(differingPath). What was stored is kept; compare it with a restore, and look at the disk"
        ]
    }
}
