import HoldfastCrypto
package import HoldfastModel

/// Where one run of a file's bytes lies: which chunk of which pack, and which part of it (`docs/FORMAT.md`, section 4).
package struct ChunkReference: Hashable, Sendable {
    /// Zero bytes of the file before this chunk.
    package var hole: UInt64
    /// Resolved through the body of the snapshot that is being read, and no other.
    package var packNumber: UInt32
    /// From the pack's first byte.
    package var offset: UInt32
    /// Without the tag; equal to `plainByteCount` where the chunk is stored raw.
    package var storedByteCount: UInt32
    package var plainByteCount: UInt32
    /// Where the file's bytes begin in the chunk's plaintext.
    package var from: UInt32
    /// How many of them; 0 is all.
    package var take: UInt32
    package var hash: Digest

    package static let maximumPlainByteCount = 8 << 20
    package static let maximumPackByteCount = 256 << 20

    package init(
        hole: UInt64 = 0, packNumber: UInt32, offset: UInt32, storedByteCount: UInt32, plainByteCount: UInt32,
        from: UInt32 = 0, take: UInt32 = 0, hash: Digest
    ) {
        (self.hole, self.packNumber, self.offset) = (hole, packNumber, offset)
        (self.storedByteCount, self.plainByteCount) = (storedByteCount, plainByteCount)
        (self.from, self.take, self.hash) = (from, take, hash)
    }

    /// How many bytes of the file it stands for, the hole not counted.
    package var byteCount: Int { Int(take == 0 ? plainByteCount : take) }
    /// Whether it stands for all of its chunk.
    package var isWhole: Bool { byteCount == Int(plainByteCount) }
    /// What is read from the pack: ciphertext and tag.
    package var frameByteCount: Int { Int(storedByteCount) + AESGCM.tagByteCount }
    package var frameRange: Range<Int> { Int(offset)..<(Int(offset) + frameByteCount) }
    package var isCompressed: Bool { storedByteCount != plainByteCount }

    package func append(to bytes: inout [UInt8]) {
        bytes.appendVarint(hole)
        bytes.appendVarint(UInt64(packNumber))
        bytes.appendVarint(UInt64(offset))
        bytes.appendVarint(UInt64(storedByteCount))
        bytes.appendVarint(UInt64(plainByteCount))
        bytes.appendVarint(UInt64(from))
        bytes.appendVarint(UInt64(take))
        hash.append(to: &bytes)
    }

    /// Reads one reference and checks it against the limits.
    package init(reading reader: inout WireReader, of bytes: [UInt8]) throws(FormatError) {
        hole = try reader.varint()
        packNumber = try Self.number(&reader)
        offset = try Self.number(&reader)
        storedByteCount = try Self.number(&reader)
        plainByteCount = try Self.number(&reader)
        from = try Self.number(&reader)
        take = try Self.number(&reader)
        let run = try reader.run(of: UInt64(Digest.byteCount))
        guard let hash = Digest(bytes: bytes.span.extracting(run)) else { throw .malformed("a chunk's hash") }
        self.hash = hash
        try checkLimits()
    }

    private func checkLimits() throws(FormatError) {
        guard hole <= UInt64(Int.max), plainByteCount > 0, plainByteCount <= Self.maximumPlainByteCount else {
            throw .limit("a chunk")
        }
        guard storedByteCount > 0, storedByteCount <= plainByteCount else { throw .limit("a stored chunk") }
        guard offset >= PackWriter.magic.count, frameRange.upperBound <= Self.maximumPackByteCount else {
            throw .limit("a chunk's place in its pack")
        }
        guard UInt64(from) + UInt64(byteCount) <= UInt64(plainByteCount) else { throw .limit("a part of a chunk") }
    }

    private static func number(_ reader: inout WireReader) throws(FormatError) -> UInt32 {
        guard let value = UInt32(exactly: try reader.varint()) else { throw .limit("a chunk reference") }
        return value
    }
}

/// Packed references, one after another.
package enum ChunkReferences {
    package static func decode(_ bytes: [UInt8]) throws(FormatError) -> [ChunkReference] {
        var reader = WireReader(bytes)
        var references: [ChunkReference] = []
        while !reader.isAtEnd { references.append(try ChunkReference(reading: &reader, of: bytes)) }
        return references
    }

    package static func encode(_ references: some Sequence<ChunkReference>) -> [UInt8] {
        var bytes: [UInt8] = []
        for reference in references { reference.append(to: &bytes) }
        return bytes
    }
}
