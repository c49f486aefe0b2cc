import HoldfastFormat
import HoldfastModel

/// The base's side of the merge-join: entries asked for in ascending order, read once.
final class BaseListing {
    private var reader: ListingReader
    private var current: Entry?
    /// Whether what was asked for last comes after all of it.
    private(set) var isAtEnd = false

    init(_ snapshot: OpenedSnapshot) { reader = ListingReader(snapshot) }

    /// The base's entry of this path, if it has one. Paths must come in ascending order.
    func entry(at path: [UInt8]) async throws(HoldfastError) -> Entry? {
        while !isAtEnd {
            if current == nil {
                current = try await reader.next()
                isAtEnd = current == nil
            }
            guard let candidate = current else { return nil }
            let order = PathOrder.compare(candidate.path, path)
            guard order < 0 else { return order == 0 ? candidate : nil }
            current = nil
        }
        return nil
    }
}
