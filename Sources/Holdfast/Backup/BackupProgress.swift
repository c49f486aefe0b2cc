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

    func update(_ change: (inout sending Figures) -> Void) { state.withLock(change) }
    func read(byteCount: Int) { state.withLock { $0.bytesRead += UInt64(byteCount) } }
    func new(byteCount: Int) { state.withLock { $0.bytesNew += UInt64(byteCount) } }
    func stored(byteCount: Int) { state.withLock { $0.bytesStored += UInt64(byteCount) } }
}
