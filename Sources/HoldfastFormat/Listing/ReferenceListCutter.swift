import HoldfastModel

/// Gathers a file's packed references, and cuts them into list chunks where there are too many for its entry
/// (`docs/FORMAT.md`, section 4, field 21). Boundaries depend on the chunk hashes, so a file that grew at its end makes the
/// same list chunks again.
package struct ReferenceListCutter: Sendable {
    /// Up to here the references stand in the entry itself.
    package static let maximumInlineByteCount = 64 << 10
    private static let minimumByteCount = 64 << 10
    private static let maximumByteCount = 1 << 20
    private static let boundaryMask: UInt64 = 0x3f

    /// The list at hand: packed references.
    package private(set) var bytes: [UInt8]

    /// `bytes` is a list at hand to go on with.
    package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    /// Adds the next reference, and answers a list chunk's plaintext where it completes one.
    package mutating func add(_ reference: ChunkReference) -> [UInt8]? {
        reference.append(to: &bytes)
        guard bytes.count >= Self.minimumByteCount else { return nil }
        let isBoundary = reference.hash.lastWord & Self.boundaryMask == 0
        return isBoundary || bytes.count >= Self.maximumByteCount ? finish() : nil
    }

    /// What is left, which may be empty.
    package mutating func finish() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
