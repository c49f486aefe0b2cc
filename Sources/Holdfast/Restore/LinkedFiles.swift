import HoldfastModel
import HoldfastStorage

/// Files with several names: the first name that was restored of each, for the others to be linked to.
struct LinkedFiles {
    struct First: Sendable {
        /// As in the snapshot.
        let source: [UInt8]
        /// In the target.
        let path: [UInt8]
        /// How many names may still come.
        fileprivate var left: UInt64
    }

    /// An inode's number is given out again while a walk goes on, and a file may change between two of its names: only
    /// entries that saw it in the same state are one file. Their references may differ all the same, where both names
    /// were stored at once.
    private struct Key: Hashable {
        let identity: FileIdentity
        let kind: Entry.Kind
        let size: UInt64
        let modified: Int64
        let changed: Int64

        init(_ entry: Entry) {
            (identity, kind, size) = (entry.identity, entry.kind, entry.size)
            (modified, changed) = (entry.modified, entry.changed)
        }
    }

    private var firsts: [Key: First] = [:]

    /// The name to link this entry to; nil where it is the first of its file, or the only one.
    mutating func first(for entry: Entry) -> First? {
        guard entry.linkCount > 1 else { return nil }
        let key = Key(entry)
        guard var first = firsts[key] else { return nil }
        first.left -= 1
        firsts[key] = first.left == 0 ? nil : first
        return first
    }

    /// A name that was there already and stays: others are linked to it where it is the first.
    mutating func note(_ entry: Entry, at path: [UInt8]) {
        if first(for: entry) == nil { add(entry, at: path) }
    }

    /// Remembers where the first name of a file was restored.
    mutating func add(_ entry: Entry, at path: [UInt8]) {
        guard entry.linkCount > 1 else { return }
        firsts[Key(entry)] = First(source: entry.path, path: path, left: entry.linkCount - 1)
    }
}
