package import HoldfastModel

/// Reads the entries of listing chunks and holds them to their order, across chunks too.
package struct ListingDecoder: Sendable {
    private var order = ListingOrder()

    package init() {}

    /// The entries of one chunk's plaintext.
    package mutating func decode(_ plaintext: [UInt8]) throws(FormatError) -> [Entry] {
        var reader = WireReader(plaintext)
        var entries: [Entry] = []
        while !reader.isAtEnd {
            let entry = try EntryCodec.decode(&reader, of: plaintext)
            try order.take(entry.path)
            entries.append(entry)
        }
        return entries
    }
}
