import HoldfastModel

/// The entries at or below one path of a snapshot, in their order, each with its place in a target.
///
/// Of a directory it gives what is inside, at the target's top; of anything else that one entry, by its name. The root
/// itself is never given: it would be the target. Of a listing that is damaged it gives what can be read.
struct SubtreeReader: ~Copyable {
    struct Item: Sendable {
        let entry: Entry
        /// Relative to the target.
        let path: [UInt8]
        /// The listing no longer tells of this directory, only of what is in it.
        let isMadeUp: Bool
    }

    private var reader: StandingListing
    private let top: [UInt8]
    private var isFound: Bool
    private var isAtEnd = false
    /// Whether what was asked for is a directory, and so the target its image.
    private(set) var isDirectory: Bool
    /// What was asked for, once it was read, where that is a directory.
    private(set) var topEntry: Entry?

    /// `top` is a path from the root, without slashes at its ends; empty is the whole tree.
    init(_ snapshot: OpenedSnapshot, top: [UInt8]) {
        reader = StandingListing(snapshot, from: top)
        self.top = top
        isFound = top.isEmpty
        isDirectory = top.isEmpty
    }

    /// What was met that cannot be read, and may tell of this path.
    var gaps: [ListingGap] { reader.gaps }

    /// The next entry, or nil at the end. Throws `.noSuchPath` where the snapshot does not have the path, and what is wrong with the listing
    /// where that might have told of it.
    mutating func next() async throws(HoldfastError) -> Item? {
        while !isAtEnd, !isBehind, let entry = try await reader.nextEntry() {
            if entry.path == top {
                isFound = true
                isDirectory = isDirectory || entry.kind == .directory
                if isDirectory {
                    topEntry = entry
                    continue
                }
                isAtEnd = true
                return Item(entry: entry, path: Array(entry.name), isMadeUp: false)
            }
            if top.isEmpty { return Item(entry: entry, path: entry.path, isMadeUp: reader.isMadeUp) }
            if entry.path.isBelow(top) {
                return Item(entry: entry, path: Array(entry.path[(top.count + 1)...]), isMadeUp: reader.isMadeUp)
            }
            isAtEnd = PathOrder.precedes(top, entry.path)
        }
        guard isFound else { throw gaps.first?.cause ?? .noSuchPath(top.displayPath) }
        return nil
    }

    /// Whether the rest of the listing tells of other paths: then it need not be read, nor be readable.
    private var isBehind: Bool {
        guard !top.isEmpty, let path = reader.pathAhead else { return false }
        return PathOrder.precedes(top, path) && !path.isBelow(top)
    }
}

extension [UInt8] {
    /// Whether this path lies below that one; everything but the root lies below the root.
    func isBelow(_ directory: [UInt8]) -> Bool {
        if directory.isEmpty { return !isEmpty }
        return count > directory.count && self[directory.count] == UInt8(ascii: "/") && starts(with: directory)
    }

    /// Without slashes at its ends.
    var withoutOuterSlashes: [UInt8] {
        let slash = UInt8(ascii: "/")
        let start = firstIndex { $0 != slash } ?? endIndex
        let end = lastIndex { $0 != slash }.map { $0 + 1 } ?? endIndex
        return Array(self[start..<end])
    }
}
