import HoldfastCrypto
import HoldfastModel

extension ManifestBodyCodec {
    /// Less would make a chunk for every few bytes, and the cutter's masks empty.
    private static let leastChunkByteCount = 512

    /// Reads the body of a manifest, or of a checkpoint, whose pack table is `packs`.
    static func decode(
        _ secret: borrowing Secret, of kind: ContainerKind, packs: [PackEntry]
    ) throws(FormatError) -> ManifestBody {
        let packKeys = try decodePackKeys(secret, packs)
        var message: [UInt8] = []
        message.append(contentsOf: secret.bytes.extracting((rowByteCount * packs.count)..<secret.count))
        defer { message.wipe() }
        return try decodeMessage(message, kind, packs, packKeys)
    }

    private static func decodePackKeys(_ secret: borrowing Secret, _ packs: [PackEntry]) throws(FormatError) -> PackKeys {
        guard secret.count >= rowByteCount * packs.count else { throw .malformed("a manifest's pack keys") }
        let span = secret.bytes
        var packKeys = PackKeys()
        for (index, pack) in packs.enumerated() {
            let row = rowByteCount * index
            let number = UInt32(bigEndian: span, at: row)
            guard packKeys.entry(number) == nil else { throw .malformed("a pack number twice") }
            packKeys.add(pack, number: number, key: span.extracting((row + 4)..<(row + rowByteCount)))
        }
        return packKeys
    }

    private static func decodeMessage(
        _ bytes: [UInt8], _ kind: ContainerKind, _ packs: [PackEntry], _ packKeys: consuming PackKeys
    ) throws(FormatError) -> ManifestBody {
        let body =
            kind == .checkpoint
            ? try WireMessage(bytes, known: UnlistedWork.fieldNumbers.upperBound, repeating: Set(UnlistedWork.fieldNumbers))
            : try WireMessage(bytes, known: 6)
        let lineage = try body.message(1, "a lineage", known: 10)
        guard let next = UInt32(exactly: lineage.number(10)), packKeys.numbers.allSatisfy({ $0 < next }) else {
            throw .malformed("the next pack number")
        }
        let barrier = Int(clamping: body.number(4)) - 1
        let uses = PackUses.decode(body.bytes(6), packs, numbers(of: packKeys))
        return ManifestBody(
            packKeys: packKeys, lineage: try decode(lineage), nextPackNumber: next, parent: try decodeParent(body),
            source: try decodeSource(body), barrier: barrier < 0 ? nil : barrier, copiedFrom: try decodeOrigin(body),
            packUses: uses, unlisted: kind == .checkpoint ? try UnlistedWork(body) : nil)
    }

    private static func decode(_ message: WireMessage) throws(FormatError) -> Lineage {
        guard let id = LineageID(bytes: message.bytes(1).span) else { throw .malformed("a lineage's id") }
        guard let cutting = Lineage.Cutting(rawValue: message.number(5)), message.number(9) == codec else {
            throw .malformed("a lineage of an unknown cutter or codec")
        }
        let sizes = [message.number(6), message.number(7), message.number(8)].map(Int.init(clamping:))
        guard sizes[0] >= leastChunkByteCount, sizes[0] <= sizes[1], sizes[1] <= sizes[2],
            sizes[2] <= ChunkReference.maximumPlainByteCount
        else { throw .limit("chunk sizes") }
        return Lineage(
            id: id, hashKey: try message.secret(2, "a hash key"), cutKey: try message.secret(3, "a cut key"),
            sequence: message.number(4), cutting: cutting,
            sizes: CutSizes(minimum: sizes[0], average: sizes[1], maximum: sizes[2]))
    }

    private static func decodeParent(_ body: WireMessage) throws(FormatError) -> ManifestBody.Parent? {
        guard body.contains(2) else { return nil }
        let parent = try body.message(2, "a parent", known: 2)
        guard let id = SnapshotID(bytes: parent.bytes(1).span), let digest = Digest(bytes: parent.bytes(2).span) else {
            throw .malformed("a parent")
        }
        return .init(id: id, clearDigest: digest)
    }

    private static func decodeOrigin(_ body: WireMessage) throws(FormatError) -> ManifestBody.Origin? {
        guard body.contains(5) else { return nil }
        let origin = try body.message(5, "an origin", known: 2)
        guard let repository = RepositoryID(bytes: origin.bytes(1).span), let snapshot = SnapshotID(bytes: origin.bytes(2).span)
        else { throw .malformed("an origin") }
        return .init(repository: repository, snapshot: snapshot)
    }

    private static func decodeSource(_ body: WireMessage) throws(FormatError) -> SourceDescription {
        let message = try body.message(3, "a source", known: 6, repeating: [2, 4])
        guard let kind = SourceDescription.Kind(rawValue: message.number(3)),
            let name = String(validating: message.bytes(1), as: UTF8.self)
        else { throw .malformed("a source") }
        let listing = try message.messages(4, known: 2).map { chunk throws(FormatError) in
            let references = try ChunkReferences.decode(chunk.bytes(2))
            guard references.count == 1 else { throw .malformed("a listing's index") }
            return SourceDescription.ListingChunk(firstPath: chunk.bytes(1), reference: references[0])
        }
        guard zip(listing, listing.dropFirst()).allSatisfy({ PathOrder.precedes($0.firstPath, $1.firstPath) }) else {
            throw .listingOrder("the index of a listing")
        }
        return SourceDescription(
            name: name, paths: message.repeated(2), kind: kind, listing: listing, entryCount: message.number(5),
            byteCount: message.number(6))
    }
}
