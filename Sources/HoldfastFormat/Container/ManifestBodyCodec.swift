import HoldfastModel

/// A manifest's body as bytes: `P × (pack number u32 ‖ pack key 32)` in the order of the pack table, then one message
/// (`docs/FORMAT.md`, section 2).
enum ManifestBodyCodec {
    private static let rowByteCount = 36

    /// `packs` in the order of the pack table. The bytes are secret: the caller wipes them.
    static func encode(_ body: borrowing ManifestBody, packs: [PackEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rowByteCount * packs.count + 4096)
        var numbers: [Digest: UInt32] = [:]
        for number in body.packKeys.numbers {
            if let entry = body.packKeys.entry(number) { numbers[entry.id] = number }
        }
        for pack in packs {
            guard let number = numbers[pack.id] else { preconditionFailure("a pack of the table has no key") }
            number.appendBigEndian(to: &bytes)
            _ = body.packKeys.withKey(number) { bytes.append(contentsOf: $0) }
        }
        bytes.appendField(1, encodeLineage(body).span)
        bytes.appendField(2, encodeParent(body.parent).span)
        bytes.appendField(3, encode(body.source).span)
        // One more than the record's number, since zero is left out.
        bytes.appendField(4, UInt64((body.barrier ?? -1) + 1))
        return bytes
    }

    private static func encodeLineage(_ body: borrowing ManifestBody) -> [UInt8] {
        var message: [UInt8] = []
        message.appendField(1, body.lineage.id.bytes.span)
        message.appendField(2, body.lineage.hashKey.bytes)
        message.appendField(3, body.lineage.cutKey.bytes)
        message.appendField(4, body.lineage.sequence)
        message.appendField(5, body.lineage.cutting.rawValue)
        message.appendField(6, UInt64(body.lineage.sizes.minimum))
        message.appendField(7, UInt64(body.lineage.sizes.average))
        message.appendField(8, UInt64(body.lineage.sizes.maximum))
        message.appendField(9, 1)
        message.appendField(10, UInt64(body.nextPackNumber))
        return message
    }

    private static func encodeParent(_ parent: ManifestBody.Parent?) -> [UInt8] {
        guard let parent else { return [] }
        var message: [UInt8] = []
        message.appendField(1, parent.id.bytes.span)
        message.appendField(2, parent.clearDigest.bytes.span)
        return message
    }

    private static func encode(_ source: SourceDescription) -> [UInt8] {
        var message: [UInt8] = []
        message.appendField(1, Array(source.name.utf8).span)
        for path in source.paths { message.appendField(2, path.span, evenIfEmpty: true) }
        message.appendField(3, source.kind.rawValue)
        for chunk in source.listing {
            var item: [UInt8] = []
            item.appendField(1, chunk.firstPath.span)
            item.appendField(2, ChunkReferences.encode([chunk.reference]).span)
            message.appendField(4, item.span)
        }
        message.appendField(5, source.entryCount)
        message.appendField(6, source.byteCount)
        return message
    }

    /// Reads the body of a manifest whose pack table is `packs`. `bytes` are wiped here.
    static func decode(_ secret: borrowing Secret, packs: [PackEntry]) throws(FormatError) -> ManifestBody {
        let rows = rowByteCount * packs.count
        guard secret.count >= rows else { throw .malformed("a manifest's pack keys") }
        let span = secret.bytes
        var packKeys = PackKeys()
        for (index, pack) in packs.enumerated() {
            let number = UInt32(bigEndian: span, at: rowByteCount * index)
            guard packKeys.entry(number) == nil else { throw .malformed("a pack number twice") }
            packKeys.add(pack, number: number, key: span.extracting((rowByteCount * index + 4)..<(rowByteCount * (index + 1))))
        }
        var bytes: [UInt8] = []
        bytes.append(contentsOf: span.extracting(rows..<secret.count))
        defer { bytes.wipe() }
        return try decodeMessage(bytes, packKeys: packKeys)
    }

    private static func decodeMessage(_ bytes: [UInt8], packKeys: consuming PackKeys) throws(FormatError) -> ManifestBody {
        let body = try WireMessage(bytes)
        let lineage = try body.message(1, "a lineage")
        let source = try body.message(3, "a source")
        guard let next = UInt32(exactly: lineage.number(10)) else { throw .malformed("a pack number") }
        let barrier = Int(clamping: body.number(4)) - 1
        return ManifestBody(
            packKeys: packKeys, lineage: try decode(lineage), nextPackNumber: next, parent: try decodeParent(body),
            source: try decode(source), barrier: barrier < 0 ? nil : barrier)
    }

    private static func decode(_ message: WireMessage) throws(FormatError) -> Lineage {
        guard let id = LineageID(bytes: message.bytes(1).span), message.bytes(2).count == 32, message.bytes(3).count == 32,
            let cutting = Lineage.Cutting(rawValue: message.number(5)), message.number(9) == 1
        else { throw .malformed("a lineage") }
        let sizes = [message.number(6), message.number(7), message.number(8)].map(Int.init(clamping:))
        guard sizes[0] > 0, sizes[0] <= sizes[1], sizes[1] <= sizes[2], sizes[2] <= ChunkReference.maximumPlainByteCount else {
            throw .limit("chunk sizes")
        }
        return Lineage(
            id: id, hashKey: Secret(copying: message.bytes(2).span), cutKey: Secret(copying: message.bytes(3).span),
            sequence: message.number(4), cutting: cutting,
            sizes: CutSizes(minimum: sizes[0], average: sizes[1], maximum: sizes[2]))
    }

    private static func decodeParent(_ body: WireMessage) throws(FormatError) -> ManifestBody.Parent? {
        guard !body.bytes(2).isEmpty else { return nil }
        let parent = try body.message(2, "a parent")
        guard let id = SnapshotID(bytes: parent.bytes(1).span), let digest = Digest(bytes: parent.bytes(2).span) else {
            throw .malformed("a parent")
        }
        return .init(id: id, clearDigest: digest)
    }

    private static func decode(_ message: WireMessage) throws(FormatError) -> SourceDescription {
        guard let kind = SourceDescription.Kind(rawValue: message.number(3)),
            let name = String(validating: message.bytes(1), as: UTF8.self)
        else { throw .malformed("a source") }
        var listing: [SourceDescription.ListingChunk] = []
        for item in message.repeated(4) {
            let chunk = try WireMessage(item)
            let references = try ChunkReferences.decode(chunk.bytes(2))
            guard references.count == 1 else { throw .malformed("a listing's index") }
            listing.append(.init(firstPath: chunk.bytes(1), reference: references[0]))
        }
        return SourceDescription(
            name: name, paths: message.repeated(2), kind: kind, listing: listing, entryCount: message.number(5),
            byteCount: message.number(6))
    }
}
