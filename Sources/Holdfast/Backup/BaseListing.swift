import HoldfastFormat
import HoldfastModel

/// The base's side of the merge-join: entries asked for in ascending order, read once. What cannot be read of it is not known.
final class BaseListing {
    private var reader: StandingListing
    private var current: Entry?
    /// How many parts of it cannot be read.
    var lostChunkCount: Int { reader.gaps.count }
    /// Whether what was asked for last comes after all of it.
    private(set) var isAtEnd = false

    init(_ snapshot: OpenedSnapshot) { reader = StandingListing(snapshot) }

    /// The base's entry of this path, if it has one. Paths must come in ascending order.
    func entry(at path: [UInt8]) async throws(HoldfastError) -> Entry? {
        while !isAtEnd {
            if current == nil {
                current = try await next()
                isAtEnd = current == nil
            }
            guard let candidate = current else { return nil }
            let order = PathOrder.compare(candidate.path, path)
            guard order < 0 else { return order == 0 ? candidate : nil }
            current = nil
        }
        return nil
    }

    /// The next entry that can be read, or nil at the end: for those who want them all.
    func next() async throws(HoldfastError) -> Entry? { try await reader.nextEntry() }
}
