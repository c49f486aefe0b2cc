import HoldfastCrypto
import HoldfastModel

/// A manifest's body as bytes: `P × (pack number u32 ‖ pack key 32)` in the order of the pack table, then one message
/// (`docs/FORMAT.md`, section 2).
enum ManifestBodyCodec {
    static let rowByteCount = 36
    /// Chunks are compressed with zstd, or stored raw.
    static let codec: UInt64 = 1

    /// `packs` in the order of the pack table, each with a key in the body.
    static func encode(_ body: borrowing ManifestBody, packs: [PackEntry]) -> Secret {
        var lineage = encodeLineage(body)
        defer { lineage.wipe() }
        let numbers = numbers(of: body.packKeys)
        let rest = encodeRest(body, packs.compactMap { numbers[$0.id] })
        return Secret(count: rowByteCount * packs.count + lineage.count + rest.count) { bytes in
            for (index, pack) in packs.enumerated() {
                guard let number = numbers[pack.id] else { preconditionFailure("a pack of the table has no key") }
                number.writeBigEndian(to: &bytes, at: rowByteCount * index)
                _ = body.packKeys.withKey(number) { bytes.copy($0, at: rowByteCount * index + 4) }
            }
            bytes.copy(lineage.span, at: rowByteCount * packs.count)
            bytes.copy(rest.span, at: rowByteCount * packs.count + lineage.count)
        }
    }

    static func numbers(of packKeys: borrowing PackKeys) -> [Digest: UInt32] {
        var numbers: [Digest: UInt32] = [:]
        for number in packKeys.numbers {
            if let entry = packKeys.entry(number) { numbers[entry.id] = number }
        }
        return numbers
    }

    /// All fields but the first: nothing in them is a key. `numbers` in the order of the pack table.
    private static func encodeRest(_ body: borrowing ManifestBody, _ numbers: [UInt32]) -> [UInt8] {
        var message: [UInt8] = []
        message.appendField(2, encodePair(body.parent.map { ($0.id.bytes, $0.clearDigest.bytes) }).span)
        message.appendField(3, encode(body.source).span)
        // One more than the record's number, since zero is left out.
        message.appendField(4, UInt64((body.barrier ?? -1) + 1))
        message.appendField(5, encodePair(body.copiedFrom.map { ($0.repository.bytes, $0.snapshot.bytes) }).span)
        if let uses = body.packUses { message.appendField(6, PackUses.encode(uses, numbers).span) }
        body.unlisted?.append(to: &message)
        return message
    }

    /// Field 1, which holds two keys: the caller wipes it.
    private static func encodeLineage(_ body: borrowing ManifestBody) -> [UInt8] {
        var message: [UInt8] = []
        // More than it ever takes: no growing leaves keys behind.
        message.reserveCapacity(256)
        defer { message.wipe() }
        message.appendField(1, body.lineage.id.bytes.span)
        message.appendField(2, body.lineage.hashKey.bytes)
        message.appendField(3, body.lineage.cutKey.bytes)
        message.appendField(4, body.lineage.sequence)
        message.appendField(5, body.lineage.cutting.rawValue)
        message.appendField(6, UInt64(body.lineage.sizes.minimum))
        message.appendField(7, UInt64(body.lineage.sizes.average))
        message.appendField(8, UInt64(body.lineage.sizes.maximum))
        message.appendField(9, codec)
        message.appendField(10, UInt64(body.nextPackNumber))
        var field: [UInt8] = []
        field.reserveCapacity(256)
        field.appendField(1, message.span)
        return field
    }

    private static func encodePair(_ pair: (first: [UInt8], second: [UInt8])?) -> [UInt8] {
        guard let pair else { return [] }
        var message: [UInt8] = []
        message.appendField(1, pair.first.span)
        message.appendField(2, pair.second.span)
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
}
