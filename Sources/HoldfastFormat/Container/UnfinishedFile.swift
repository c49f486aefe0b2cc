package import HoldfastModel

/// A file whose beginning is stored, as a checkpoint has it: where it is still the same, reading goes on behind that.
package struct UnfinishedFile: Sendable {
    /// The hashes of the pages that no stored chunk of the file's map tells of yet.
    package struct OpenPageMap: Hashable, Sendable {
        package let map: PageMap
        package let firstPage: Int

        package init(_ map: PageMap, firstPage: Int) { (self.map, self.firstPage) = (map, firstPage) }
    }

    /// The file as it was when it was opened. Its content and page map are what is stored as chunks: lists of references, or nothing.
    package let entry: Entry
    private let encodedEntry: [UInt8]
    /// How many bytes of it are stored, from its start, holes included.
    package var byteCount: Int
    /// The packed references that come after those of the entry's lists.
    package var references: [UInt8]
    package var openPageMap: OpenPageMap?

    /// Throws `.limit` where no reader would take the entry.
    package init(
        entry: Entry, byteCount: Int, references: [UInt8], openPageMap: OpenPageMap? = nil
    ) throws(FormatError) {
        var encodedEntry: [UInt8] = []
        try EntryCodec.append(entry, to: &encodedEntry)
        (self.entry, self.encodedEntry) = (entry, encodedEntry)
        (self.byteCount, self.references, self.openPageMap) = (byteCount, references, openPageMap)
    }

    var encoded: [UInt8] {
        var message: [UInt8] = []
        message.appendField(1, encodedEntry.span)
        message.appendField(2, UInt64(byteCount))
        message.appendField(3, references.span)
        if let openPageMap {
            message.appendField(4, openPageMap.map.bytes.span)
            message.appendField(5, UInt64(openPageMap.firstPage))
        }
        return message
    }

    init(decoding bytes: [UInt8]) throws(FormatError) {
        let message = try WireMessage(bytes, known: 5)
        encodedEntry = message.bytes(1)
        var reader = WireReader(encodedEntry)
        entry = try EntryCodec.decode(&reader, of: encodedEntry)
        try EntryCodec.checkPath(entry.path)
        guard reader.isAtEnd, let byteCount = Int(exactly: message.number(2)), byteCount <= entry.size else {
            throw .malformed("a file on its way")
        }
        self.byteCount = byteCount
        references = message.bytes(3)
        guard message.contains(4) else { return }
        guard let firstPage = Int(exactly: message.number(5)), firstPage <= Int.max - 2 * PageMap.maximumPageCount else {
            throw .malformed("a file's open page map")
        }
        openPageMap = OpenPageMap(try PageMap(decoding: message.bytes(4)), firstPage: firstPage)
    }
}
