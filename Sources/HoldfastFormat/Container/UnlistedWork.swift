import HoldfastModel

/// What a checkpoint says beyond a manifest: entries that no listing chunk holds yet, and files of which a beginning is stored.
package struct UnlistedWork: Sendable {
    /// Encoded entries, in their order, all after those of the listing's chunks; in pieces of a MiB or some.
    package let entries: [[UInt8]]
    /// In the order of their paths.
    package let files: [UnfinishedFile]

    package init(entries: [[UInt8]], files: [UnfinishedFile]) { (self.entries, self.files) = (entries, files) }

    /// As the last fields of a checkpoint's body; a manifest has none of them.
    private enum FieldNumber {
        static let entries: UInt64 = 7
        static let file: UInt64 = 8
    }

    /// Both may repeat; no field of a checkpoint's body has a higher number.
    static let fieldNumbers: ClosedRange<UInt64> = FieldNumber.entries...FieldNumber.file

    func append(to message: inout [UInt8]) {
        for piece in entries { message.appendField(FieldNumber.entries, piece.span) }
        for file in files { message.appendField(FieldNumber.file, file.encoded.span) }
    }

    init(_ body: WireMessage) throws(FormatError) {
        entries = body.repeated(FieldNumber.entries)
        files = try body.repeated(FieldNumber.file).map { bytes throws(FormatError) in try UnfinishedFile(decoding: bytes) }
    }
}
