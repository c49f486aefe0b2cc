import HoldfastCrypto
package import HoldfastModel

/// A manifest or checkpoint as anybody can read it without a key: fixed fields, header, pack table, and where the sealed
/// body lies (`docs/FORMAT.md`, section 2). All limits are checked before anything is allocated.
package struct ClearContainer: Sendable {
    static let magic = Array("HOLDFAST".utf8)
    static let formatVersion: UInt8 = 1
    static let fixedByteCount = 116
    static let maximumHeaderByteCount = 1 << 20
    static let maximumPackCount = 1 << 22
    static let maximumOwnerCount = 1 << 20
    static let rowByteCount = 44

    package let identity: ContainerIdentity
    package let header: [UInt8]
    package let packs: [PackEntry]
    /// The trailing SHA-256, as stored: what the witness remembers of a manifest.
    package let sum: Digest
    /// Whether the trailing sum is right; a wrong one is damage, whatever else holds.
    package let isSound: Bool
    /// SHA-256 of all bytes before the MAC.
    package let clearDigest: Digest

    let bytes: [UInt8]
    let clearByteCount: Int

    /// Reads what stands under the name of `identity`. Throws in the order of `docs/FORMAT.md`, section 2; the order of the
    /// pack table is looked at here already, since keyless readers rest on it.
    package init(parsing bytes: [UInt8], as identity: ContainerIdentity) throws(FormatError) {
        let span = bytes.span
        guard bytes.count >= Self.fixedByteCount + 4 + 64 else { throw .truncated }
        guard bytes.starts(with: Self.magic) else { throw .notHoldfast }
        guard bytes[8] == Self.formatVersion else { throw bytes[8] > Self.formatVersion ? .newerFormat : .notHoldfast }
        guard bytes[9] == identity.kind.rawValue else { throw .notHoldfast }
        guard bytes[10] == 0, bytes[11] == 0 else { throw .newerFormat }
        let headerCount = Int(UInt32(bigEndian: span, at: 12))
        let packCount = Int(UInt32(bigEndian: span, at: 16))
        guard headerCount <= Self.maximumHeaderByteCount else { throw .limit("a header of \(headerCount) bytes") }
        guard packCount <= Self.maximumPackCount else { throw .limit("a table of \(packCount) packs") }
        let tableStart = Self.fixedByteCount + headerCount
        guard bytes.count >= tableStart + 4 + 64 else { throw .truncated }
        let ownerCount = Int(UInt32(bigEndian: span, at: tableStart))
        guard ownerCount <= Self.maximumOwnerCount else { throw .limit("\(ownerCount) owners") }
        clearByteCount = tableStart + 4 + 16 * ownerCount + Self.rowByteCount * packCount
        guard bytes.count >= clearByteCount + 64 else { throw .truncated }
        guard RepositoryID(bytes: span.extracting(20..<36)) == identity.repository else { throw .wrongRepository }
        guard SnapshotID(bytes: span.extracting(36..<52)) == identity.snapshot else { throw .wrongSnapshot }
        guard let sum = Digest(bytes: span.extracting((bytes.count - 32)..<bytes.count)) else { throw .truncated }
        self.identity = identity
        header = Array(bytes[Self.fixedByteCount..<tableStart])
        packs = try PackTable.decode(bytes, at: tableStart + 4, ownerCount: ownerCount, packCount: packCount)
        self.sum = sum
        isSound = SHA256.hash(span.extracting(0..<(bytes.count - 32))) == sum
        clearDigest = SHA256.hash(span.extracting(0..<clearByteCount))
        self.bytes = bytes
    }

    /// Commitment, then MAC, then the body to its last frame, then the sum: an error here is tampering, but for the last one.
    package func openBody(key: borrowing Secret) throws(FormatError) -> Secret {
        let span = bytes.span
        let keys = KeySchedule(snapshotKey: key, salt: span.extracting(52..<84), identity: identity)
        guard ConstantTime.equal(keys.commitment.bytes, span.extracting(84..<116)) else { throw .commitment }
        let mac = HMACSHA256(key: keys.macKey.bytes).authenticate(span.extracting(0..<clearByteCount))
        guard ConstantTime.equal(mac.bytes.span, span.extracting(clearByteCount..<(clearByteCount + 32))) else {
            throw .headerTampered
        }
        let body = try SealedStream.open(span.extracting((clearByteCount + 32)..<(bytes.count - 32)), key: keys.bodyKey)
        guard isSound else { throw .damaged }
        return body
    }

    /// Seals a header, a pack table and a body under a fresh salt. Throws `.limit` where no reader would take it.
    static func seal(
        _ identity: ContainerIdentity, header: [UInt8], packs: [PackEntry], body: Span<UInt8>, key: borrowing Secret
    ) throws(FormatError) -> [UInt8] {
        guard header.count <= maximumHeaderByteCount else { throw .limit("a header of \(header.count) bytes") }
        guard packs.count <= maximumPackCount else { throw .limit("a table of \(packs.count) packs") }
        let salt = Random.bytes(32)
        let keys = KeySchedule(snapshotKey: key, salt: salt.span, identity: identity)
        var bytes = magic + [formatVersion, identity.kind.rawValue, 0, 0]
        UInt32(header.count).appendBigEndian(to: &bytes)
        UInt32(packs.count).appendBigEndian(to: &bytes)
        bytes += identity.repository.bytes + identity.snapshot.bytes + salt
        bytes.append(contentsOf: keys.commitment.bytes)
        bytes += header
        bytes += PackTable.encode(packs)
        HMACSHA256(key: keys.macKey.bytes).authenticate(bytes.span).append(to: &bytes)
        bytes += SealedStream.seal(body, key: keys.bodyKey)
        SHA256.hash(bytes.span).append(to: &bytes)
        return bytes
    }
}
