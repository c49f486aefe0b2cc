import HoldfastCrypto
import Testing

struct AESGCMCase: Decodable, Sendable, CustomTestStringConvertible {
    let tcId: Int
    let comment: String
    let key, iv, aad, msg, ct, tag: HexBytes
    let result: Verdict

    var testDescription: String { "\(tcId) \(comment)" }
    var expressible: Nonce? { makeNonce(iv.bytes) }

    static func all(nonceIs96Bits: Bool) throws -> [Self] {
        try ["aes_gcm_test", "aes_gcm_cavp"].flatMap { try VectorFile<Self>.cases($0) }
            .filter { ($0.iv.bytes.count == 12) == nonceIs96Bits }
    }
}

@Suite("AES-256-GCM")
struct AESGCMTests {
    @Test("W21: opens what is valid, and refuses and wipes what is not", arguments: try AESGCMCase.all(nonceIs96Bits: true))
    func opening(vector: AESGCMCase) throws {
        let nonce = try #require(vector.expressible)
        var frame = vector.ct.bytes + vector.tag.bytes
        let opened = opens(&frame, key: vector.key.bytes, nonce: nonce, clear: vector.aad.bytes)
        #expect(opened == (vector.result == .valid))
        if opened {
            #expect(frame.prefix(vector.msg.bytes.count) == vector.msg.bytes[...])
        } else {
            #expect(frame.allSatisfy { $0 == 0 })
        }
    }

    @Test(
        "seals to the published ciphertext and tag",
        arguments: try AESGCMCase.all(nonceIs96Bits: true).filter { $0.result == .valid })
    func sealing(vector: AESGCMCase) throws {
        let nonce = try #require(vector.expressible)
        var frame = vector.msg.bytes + [UInt8](repeating: 0xff, count: AESGCM.tagByteCount)
        var span = frame.mutableSpan
        AESGCM().seal(&span, key: vector.key.bytes.span, nonce: nonce, authenticating: vector.aad.bytes.span)
        #expect(frame == vector.ct.bytes + vector.tag.bytes)
    }

    @Test("a nonce of another length than 96 bits cannot be made", arguments: try AESGCMCase.all(nonceIs96Bits: false))
    func otherNonces(vector: AESGCMCase) {
        #expect(vector.expressible == nil)
    }

    /// There is no parameter for a tag's length: a shorter tag is only a frame whose last 16 bytes are not its tag.
    @Test("W21: a tag cut to 4 … 15 bytes is refused, and the frame wiped", arguments: 4...15)
    func shortTags(count: Int) throws {
        let vector = try #require(
            try AESGCMCase.all(nonceIs96Bits: true).first { $0.msg.bytes.count >= 16 && $0.result == .valid })
        var frame = vector.ct.bytes + vector.tag.bytes.prefix(count)
        #expect(!opens(&frame, key: vector.key.bytes, nonce: try #require(vector.expressible), clear: vector.aad.bytes))
        #expect(frame.allSatisfy { $0 == 0 })
        #expect(AESGCM.tagByteCount == 16)
    }

    @Test("every bit of a frame, its nonce, its clear bytes and its key counts")
    func everyBit() throws {
        let vector = try #require(
            try AESGCMCase.all(nonceIs96Bits: true).first { !$0.aad.bytes.isEmpty && $0.msg.bytes.count >= 16 })
        let parts = [vector.ct.bytes + vector.tag.bytes, vector.iv.bytes, vector.aad.bytes, vector.key.bytes]
        for part in parts.indices {
            for bit in 0..<(parts[part].count * 8) {
                var changed = parts
                changed[part][bit / 8] ^= 1 << (bit % 8)
                let nonce = try #require(makeNonce(changed[1]))
                #expect(!opens(&changed[0], key: changed[3], nonce: nonce, clear: changed[2]))
            }
        }
    }

    @Test("W21: a context that refused a frame opens the next one")
    func afterRefusal() {
        let cipher = AESGCM()
        let key = [UInt8](repeating: 7, count: 32)
        var frame = Array("attack at dawn".utf8) + [UInt8](repeating: 0, count: 16)
        var span = frame.mutableSpan
        cipher.seal(&span, key: key.span, nonce: .zero)
        var tampered = frame
        tampered[0] ^= 1
        #expect(!opens(&tampered, key: key, nonce: .zero, with: cipher))
        #expect(opens(&frame, key: key, nonce: .zero, with: cipher))
        #expect(frame.prefix(14) == Array("attack at dawn".utf8)[...])
    }

    @Test("a stream's nonce is its counter, then whether the frame is the last; a pack's is the offset")
    func nonces() {
        let zeros = [UInt8](repeating: 0, count: 9)
        #expect(Nonce(counter: 0x0102, isLast: true) == makeNonce(zeros + [1, 2, 1]))
        #expect(Nonce(counter: 0x0102, isLast: false) == makeNonce(zeros + [1, 2, 0]))
        #expect(Nonce(offset: 0x0102_00) == Nonce(counter: 0x0102, isLast: false))
    }

    private func opens(
        _ frame: inout [UInt8], key: [UInt8], nonce: Nonce, clear: [UInt8] = [], with cipher: borrowing AESGCM = AESGCM()
    ) -> Bool {
        var span = frame.mutableSpan
        do {
            try cipher.open(&span, key: key.span, nonce: nonce, authenticating: clear.span)
            return true
        } catch {
            return false
        }
    }
}
