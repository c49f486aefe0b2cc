import Synchronization

/// What a running restore has done so far; read by whoever shows progress, at any time.
package final class RestoreProgress: Sendable {
    /// One moment's figures. *Files* are all entries but directories.
    package struct Figures: Sendable {
        /// What the whole snapshot has; a part of it that is selected has less.
        package var entriesTotal: UInt64 = 0
        package var bytesTotal: UInt64 = 0
        package var filesRestored: UInt64 = 0
        package var filesSkipped: UInt64 = 0
        package var filesDeleted: UInt64 = 0
        /// The sizes of the files that were restored, holes included.
        package var bytesRestored: UInt64 = 0
        /// What was written to files.
        package var bytesWritten: UInt64 = 0
        package var currentPath: [UInt8] = []
    }

    private let state = Mutex(Figures())

    package init() {}

    package var figures: Figures { state.withLock { $0 } }

    func update(_ change: (inout Figures) -> Void) { state.withLock { change(&$0) } }

    func restored(byteCount: UInt64 = 0) {
        update { figures in
            figures.filesRestored += 1
            figures.bytesRestored &+= byteCount
        }
    }
}
