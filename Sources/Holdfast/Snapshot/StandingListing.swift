package import HoldfastModel

/// Paths of a snapshot of which nothing is known, since the part of its listing that tells of them cannot be read.
package struct ListingGap: Sendable {
    package let from: [UInt8]
    /// Exclusive; nil: up to the end.
    package let until: [UInt8]?
    package let cause: HoldfastError

    /// Where it ends, for people.
    package var end: String { until.map { "up to " + $0.displayPath } ?? "to the end" }
}

/// Reads of a snapshot's listing what can still be read, and notes what cannot. A directory that is listed nowhere any more, though something
/// in it is, is made up: whoever writes to it needs a place.
package struct StandingListing: ~Copyable {
    private var reader: ListingReader
    /// Those that were met so far.
    package private(set) var gaps: [ListingGap] = []
    /// The directories above the entry at hand, from the root down.
    private var directories: [[UInt8]] = []
    private var next: Entry?
    /// Whether the entry that was given last is a directory that was made up.
    private(set) var isMadeUp = false

    /// From the start, or from the chunk on that may hold `path` or anything below it.
    package init(_ snapshot: OpenedSnapshot, from path: [UInt8] = []) { reader = ListingReader(snapshot, from: path) }

    /// Where the next entry comes from, if it is the first one of a chunk: the path of that chunk's first.
    var pathAhead: [UInt8]? { next == nil ? reader.pathsAhead?.from : nil }

    /// The next entry, or nil at the end. Throws what is no loss: a purge meanwhile, a store that does not answer, a part that opens and breaks
    /// the rules of listings.
    package mutating func nextEntry() async throws(HoldfastError) -> Entry? {
        if next == nil { next = try await read() }
        guard let entry = next else { return nil }
        while let last = directories.last, !entry.path.isBelow(last) { directories.removeLast() }
        isMadeUp = false
        if let lost = lostParent(of: entry) {
            isMadeUp = true
            directories.append(lost.path)
            return lost
        }
        next = nil
        if entry.kind == .directory { directories.append(entry.path) }
        return entry
    }

    private mutating func read() async throws(HoldfastError) -> Entry? {
        while true {
            let ahead = reader.pathsAhead
            do throws(HoldfastError) {
                return try await reader.next()
            } catch  where error.isDamage {
                // What opens and is no listing was written so: nothing of such a snapshot is taken.
                guard let ahead, reader.pathsAhead?.from == ahead.from else { throw error }
                gaps.append(ListingGap(from: ahead.from, until: ahead.until, cause: error))
                reader.skipChunk()
            }
        }
    }

    /// The topmost directory above an entry that was not listed.
    private func lostParent(of entry: Entry) -> Entry? {
        guard !gaps.isEmpty else { return nil }
        let known = directories.last?.count ?? 0
        let start = directories.last?.isEmpty ?? true ? known : known + 1
        guard start < entry.path.count, let end = entry.path[start...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
        var parent = Entry(path: Array(entry.path[..<end]), kind: .directory)
        (parent.mode, parent.uid, parent.gid, parent.modified) = (0o700, entry.uid, entry.gid, entry.modified)
        (parent.ownerName, parent.groupName, parent.linkCount) = (entry.ownerName, entry.groupName, 1)
        return parent
    }
}
