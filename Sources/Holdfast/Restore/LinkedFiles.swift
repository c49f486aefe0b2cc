import HoldfastModel
import HoldfastStorage

/// Files with several names: the first name that was restored of each, for the others to be linked to.
struct LinkedFiles {
    struct First: Sendable {
        /// As in the snapshot.
        let source: [UInt8]
        /// In the target.
        let path: [UInt8]
        fileprivate let fingerprint: Int
        /// How many names may still come.
        fileprivate var left: UInt64
    }

    private var firsts: [FileIdentity: First] = [:]

    /// The name to link this entry to; nil where it is the first of its file, or the only one.
    ///
    /// Entries of one inode that differ in what they hold are different files: the number was given out again.
    mutating func first(for entry: Entry) -> First? {
        guard entry.linkCount > 1, var first = firsts[entry.identity] else { return nil }
        guard first.fingerprint == Self.fingerprint(entry) else { return nil }
        first.left -= 1
        firsts[entry.identity] = first.left == 0 ? nil : first
        return first
    }

    /// Remembers where the first name of a file was restored.
    mutating func add(_ entry: Entry, at path: [UInt8]) {
        guard entry.linkCount > 1 else { return }
        firsts[entry.identity] = First(
            source: entry.path, path: path, fingerprint: Self.fingerprint(entry), left: entry.linkCount - 1)
    }

    private static func fingerprint(_ entry: Entry) -> Int {
        var hasher = Hasher()
        hasher.combine(entry.kind)
        hasher.combine(entry.size)
        hasher.combine(entry.content)
        hasher.combine(entry.linkTarget)
        hasher.combine(entry.deviceNumber)
        return hasher.finalize()
    }
}
