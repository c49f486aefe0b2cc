import HoldfastModel
import HoldfastStorage

/// The directories above the entry that a walk is at, as it saw them.
struct DirectoryTrail {
    private var directories: [Entry] = []

    /// Goes on to the next entry, and answers the directory that it lies in; nil for the root.
    mutating func advance(to entry: Entry) -> FileIdentity? {
        while let last = directories.last, !entry.path.isBelow(last.path) { directories.removeLast() }
        let directory = directories.last?.identity
        if entry.kind == .directory { directories.append(entry) }
        return directory
    }
}
