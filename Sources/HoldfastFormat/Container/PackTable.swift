import HoldfastModel

/// The clear pack table: owners once, then one row a pack, ascending by pack id (`docs/FORMAT.md`, section 2).
enum PackTable {
    /// `packs` ascending by id.
    static func encode(_ packs: [PackEntry]) -> [UInt8] {
        precondition(zip(packs, packs.dropFirst()).allSatisfy { $0.id < $1.id }, "a pack stands once in its table")
        let owners = Set(packs.map(\.owner)).sorted()
        let indexOfOwner = Dictionary(uniqueKeysWithValues: zip(owners, UInt32(0)...))
        var bytes = UInt32(owners.count).bigEndianBytes
        bytes.reserveCapacity(4 + 16 * owners.count + ClearContainer.rowByteCount * packs.count)
        for owner in owners { bytes += owner.bytes }
        for pack in packs {
            pack.id.append(to: &bytes)
            (indexOfOwner[pack.owner] ?? 0).appendBigEndian(to: &bytes)
            UInt64(pack.byteCount).appendBigEndian(to: &bytes)
        }
        return bytes
    }

    /// The caller has checked that the bytes are there.
    static func decode(_ bytes: [UInt8], at start: Int, ownerCount: Int, packCount: Int) throws(FormatError) -> [PackEntry] {
        let span = bytes.span
        let owners = try decodeOwners(span, at: start, count: ownerCount)
        var used = [Bool](repeating: false, count: ownerCount)
        var packs: [PackEntry] = []
        packs.reserveCapacity(packCount)
        for row in 0..<packCount {
            let offset = start + 16 * ownerCount + ClearContainer.rowByteCount * row
            let owner = Int(UInt32(bigEndian: span, at: offset + 32))
            let size = UInt64(bigEndian: span, at: offset + 36)
            guard let id = Digest(bytes: span.extracting(offset..<(offset + 32))) else { throw .truncated }
            guard owner < ownerCount, packs.last.map({ $0.id < id }) ?? true else { throw .packTableOrder }
            guard size <= ChunkReference.maximumPackByteCount else { throw .limit("a pack of \(size) bytes") }
            used[owner] = true
            packs.append(PackEntry(id: id, owner: owners[owner], byteCount: Int(size)))
        }
        guard used.allSatisfy(\.self) else { throw .packTableOrder }
        return packs
    }

    private static func decodeOwners(_ bytes: Span<UInt8>, at start: Int, count: Int) throws(FormatError) -> [SnapshotID] {
        var owners: [SnapshotID] = []
        owners.reserveCapacity(count)
        for index in 0..<count {
            guard let owner = SnapshotID(bytes: bytes.extracting((start + 16 * index)..<(start + 16 * index + 16))) else {
                throw .truncated
            }
            guard owners.last.map({ $0 < owner }) ?? true else { throw .packTableOrder }
            owners.append(owner)
        }
        return owners
    }
}
