import HoldfastCrypto
package import HoldfastModel

/// Gathers sorted entries into listing chunks whose boundaries depend on names alone, so that directories that did not
/// change make the same chunks again, whatever was added before them (`docs/FORMAT.md`, section 4).
package struct ListingCutter: ~Copyable, Sendable {
    package struct Chunk: Sendable {
        package let firstPath: [UInt8]
        package let plaintext: [UInt8]
    }

    private static let minimumByteCount = 64 << 10
    private static let maximumByteCount = 4 << 20
    /// One path in 4,096 ends a chunk.
    private static let boundaryMask: UInt64 = 0xfff

    private let boundary: HMACSHA256
    private var firstPath: [UInt8] = []
    /// The chunk at hand: encoded entries.
    package private(set) var bytes: [UInt8] = []

    /// `cutKey` is the lineage's; the listing key comes from it.
    package init(cutKey: borrowing Secret) {
        let key = HMACSHA256(key: cutKey.bytes).authenticate(Array("listing".utf8).span)
        boundary = HMACSHA256(key: key.bytes.span)
    }

    /// Adds the next entry, and answers a chunk where it completes one. Throws `.limit`, and adds nothing, where no reader would take it.
    package mutating func add(_ entry: Entry) throws(FormatError) -> Chunk? {
        if bytes.isEmpty { firstPath = entry.path }
        try EntryCodec.append(entry, to: &bytes)
        guard bytes.count >= Self.minimumByteCount else { return nil }
        let isBoundary = boundary.authenticate(entry.path.span).lastWord & Self.boundaryMask == 0
        return isBoundary || bytes.count >= Self.maximumByteCount ? finish() : nil
    }

    /// What is left, if anything.
    package mutating func finish() -> Chunk? {
        guard !bytes.isEmpty else { return nil }
        defer { bytes = [] }
        return Chunk(firstPath: firstPath, plaintext: bytes)
    }
}
