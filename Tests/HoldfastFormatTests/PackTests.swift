import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("A pack")
struct PackTests {
    /// One chunk in a pack of its own, and what it takes to open it.
    struct Packed: ~Copyable {
        let pack: SealedPack
        let reference: ChunkReference
        let hashKey: Secret
    }

    static func pack(_ plaintext: [UInt8], compressed: Bool = true, domain: ChunkDomain = .data) -> Packed {
        let hashKey = Random.secret()
        let hash = ChunkHasher(hashKey: hashKey).hash(plaintext.span, domain: domain)
        var payload = plaintext
        if compressed, let count = ZstdCompressor().compress(plaintext.span, into: &payload) {
            payload.removeLast(payload.count - count)
        }
        #expect(!compressed || payload.count < plaintext.count)
        var writer = PackWriter(capacity: 1 << 20)
        let offset = writer.append(payload.span, hash: hash)
        let reference = ChunkReference(
            packNumber: 7, offset: UInt32(offset), storedByteCount: UInt32(payload.count),
            plainByteCount: UInt32(plaintext.count), hash: hash)
        return Packed(pack: writer.finish(), reference: reference, hashKey: hashKey)
    }

    static func frame(_ packed: borrowing Packed) -> [UInt8] { Array(packed.pack.bytes[packed.reference.frameRange]) }

    static let text = [UInt8](repeating: 0x61, count: 10_000) + Array("the end".utf8)

    @Test("a chunk comes back as it was", arguments: [true, false])
    func roundTrip(compressed: Bool) throws {
        let packed = Self.pack(Self.text, compressed: compressed)
        let opened = try ChunkOpener(hashKey: packed.hashKey).open(
            Self.frame(packed).span, as: packed.reference, domain: .data, packKey: packed.pack.key.bytes)
        #expect(opened == Self.text)
    }

    @Test("W19: its name is the hash of its bytes, and its size is a Padmé size")
    func nameAndSize() {
        let packed = Self.pack(Self.text)
        #expect(packed.pack.id == SHA256.hash(packed.pack.bytes.span))
        #expect(Padme.padded(packed.pack.bytes.count) == packed.pack.bytes.count)
        #expect(packed.pack.bytes.starts(with: PackWriter.magic))
    }

    @Test(
        "handed over in parts it is what it would be whole: each chunk opens where it was said to be, and parts are of one length"
    )
    func parts() throws {
        let hashKey = Random.secret()
        let hasher = ChunkHasher(hashKey: hashKey)
        var writer = PackWriter(capacity: 0)
        var bytes: [UInt8] = []
        var chunks: [(plaintext: [UInt8], reference: ChunkReference)] = []
        for number in 0..<40 {
            let plaintext = (0..<(number * 13_007 + 1)).map { UInt8(truncatingIfNeeded: $0 &* (number + 3) &+ $0 >> 9) }
            let hash = hasher.hash(plaintext.span, domain: .data)
            let offset = writer.append(plaintext.span, hash: hash)
            let reference = ChunkReference(
                packNumber: 1, offset: UInt32(offset), storedByteCount: UInt32(plaintext.count),
                plainByteCount: UInt32(plaintext.count), hash: hash)
            chunks.append((plaintext, reference))
            guard writer.hasPart else { continue }
            let part = writer.takePart()
            #expect(part.count == PackWriter.partByteCount)
            #expect(!writer.hasRoom && !writer.hasPart)
            bytes += part
            writer.goOn(capacity: 0, in: part)
        }
        #expect(bytes.count == 2 * PackWriter.partByteCount)
        let length = writer.byteCount
        let last = writer.close()
        bytes += last.bytes
        #expect(bytes.count == Padme.padded(length + 2 * AESGCM.tagByteCount))
        for (plaintext, reference) in chunks {
            let opened = try ChunkOpener(hashKey: hashKey).open(
                Array(bytes[reference.frameRange]).span, as: reference, domain: .data, packKey: last.key.bytes)
            #expect(opened == plaintext)
        }
    }

    @Test("no byte of a frame can be changed unnoticed")
    func tamper() {
        let packed = Self.pack(Array("a short chunk".utf8), compressed: false)
        let opener = ChunkOpener(hashKey: packed.hashKey)
        for index in Self.frame(packed).indices {
            var frame = Self.frame(packed)
            frame[index] ^= 1
            #expect(throws: FormatError.chunkTampered) {
                try opener.open(frame.span, as: packed.reference, domain: .data, packKey: packed.pack.key.bytes)
            }
        }
    }

    @Test("W2, W24: a chunk opens only with its pack's key, at its offset, under its hash, and in its domain")
    func bindings() {
        let packed = Self.pack(Self.text)
        let opener = ChunkOpener(hashKey: packed.hashKey)
        let frame = Self.frame(packed)
        let otherKey = Random.secret()
        #expect(throws: FormatError.chunkTampered) {
            try opener.open(frame.span, as: packed.reference, domain: .data, packKey: otherKey.bytes)
        }
        var moved = packed.reference
        moved.offset += 1
        #expect(throws: FormatError.chunkTampered) {
            try opener.open(frame.span, as: moved, domain: .data, packKey: packed.pack.key.bytes)
        }
        var renamed = packed.reference
        renamed.hash = SHA256.hash(Self.text.span)
        #expect(throws: FormatError.chunkTampered) {
            try opener.open(frame.span, as: renamed, domain: .data, packKey: packed.pack.key.bytes)
        }
        #expect(throws: FormatError.chunkHashMismatch) {
            try opener.open(frame.span, as: packed.reference, domain: .listing, packKey: packed.pack.key.bytes)
        }
    }

    @Test("W6: a chunk that was sealed under another one's hash opens, and is refused for what it holds")
    func poisoned() {
        let hashKey = Random.secret()
        let (good, evil) = (Array("what was there".utf8), Array("what is claimed".utf8))
        let hash = ChunkHasher(hashKey: hashKey).hash(good.span, domain: .data)
        var writer = PackWriter(capacity: 1 << 10)
        let offset = writer.append(evil.span, hash: hash)
        let reference = ChunkReference(
            packNumber: 1, offset: UInt32(offset), storedByteCount: UInt32(evil.count), plainByteCount: UInt32(evil.count),
            hash: hash)
        let pack = writer.finish()
        #expect(throws: FormatError.chunkHashMismatch) {
            try ChunkOpener(hashKey: hashKey).open(
                Array(pack.bytes[reference.frameRange]).span, as: reference, domain: .data, packKey: pack.key.bytes)
        }
    }

    @Test("W23: a frame that unpacks to another length than its reference says is refused, so no bomb grows")
    func bomb() {
        let packed = Self.pack(Self.text)
        let opener = ChunkOpener(hashKey: packed.hashKey)
        for change in [-1, 1] {
            var reference = packed.reference
            reference.plainByteCount = UInt32(Int(reference.plainByteCount) + change)
            #expect(throws: FormatError.malformed("a chunk's zstd frame")) {
                try opener.open(Self.frame(packed).span, as: reference, domain: .data, packKey: packed.pack.key.bytes)
            }
        }
    }

    @Test("Padmé lengths", arguments: [(1, 1), (9, 10), (100, 104), (1000, 1024), (1_000_000, 1_015_808), (16 << 20, 16 << 20)])
    func padme(length: Int, padded: Int) {
        #expect(Padme.padded(length) == padded)
    }
}
