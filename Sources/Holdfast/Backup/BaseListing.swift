import HoldfastFormat
import HoldfastModel

/// The base's side of the merge-join: entries asked for in ascending order, read once. What cannot be read of it is not known.
final class BaseListing {
    private var reader: ListingReader
    private var current: Entry?
    /// How many chunks of it cannot be read.
    private(set) var lostChunkCount = 0
    /// Whether what was asked for last comes after all of it.
    private(set) var isAtEnd = false

    init(_ snapshot: OpenedSnapshot) { reader = ListingReader(snapshot) }

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
    func next() async throws(HoldfastError) -> Entry? {
        while true {
            do throws(HoldfastError) {
                return try await reader.next()
            } catch  where error.isDamage {
                reader.skipChunk()
                lostChunkCount += 1
            }
        }
    }
}
