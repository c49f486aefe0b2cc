import HoldfastModel

/// Known answers that libcrypto must give before it is trusted with anything; under a millisecond.
///
/// Starting an HMAC anew with the key that it has already was undefined before a fix in OpenSSL 3.0.x, and all chunk hashes
/// rest on it. A library that does it wrong would write repositories that no other reader opens.
package enum SelfTest {
    /// Run once, at process start. Throws `.selfTest` with the name of the algorithm that is wrong.
    package static func run() throws(CryptoError) {
        guard hmacIsRight() else { throw .selfTest("HMAC-SHA256") }
        guard gcmIsRight() else { throw .selfTest("AES-256-GCM") }
        guard hkdfIsRight() else { throw .selfTest("HKDF-SHA256") }
    }

    /// RFC 4231, test case 2: three times over one context, the last time after an update that was never finished.
    private static func hmacIsRight() -> Bool {
        let mac = HMACSHA256(key: Array("Jefe".utf8).span)
        let message = Array("what do ya want for nothing?".utf8)
        let answer = Digest("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        guard mac.authenticate(message.span) == answer, mac.authenticate(message.span) == answer else { return false }
        mac.update(message.span)
        return mac.authenticate(message.span) == answer
    }

    /// NIST's GCM test case 14, sealed, opened, and refused with one bit of its tag changed; all in one context.
    private static func gcmIsRight() -> Bool {
        let cipher = AESGCM()
        let zeros = [UInt8](repeating: 0, count: 32)
        var frame = zeros
        var span = frame.mutableSpan
        cipher.seal(&span, key: zeros.span, nonce: .zero)
        guard Hex.encode(frame) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919" else { return false }
        var tampered = frame
        tampered[31] ^= 1
        return !opens(tampered, with: cipher) && opens(frame, with: cipher)
    }

    /// Whether `frame` opens, under zeros, to sixteen zero bytes.
    private static func opens(_ frame: [UInt8], with cipher: borrowing AESGCM) -> Bool {
        let key = [UInt8](repeating: 0, count: 32)
        var frame = frame
        var span = frame.mutableSpan
        do {
            try cipher.open(&span, key: key.span, nonce: .zero)
        } catch {
            return false
        }
        return frame.prefix(16).allSatisfy { $0 == 0 }
    }

    /// RFC 5869, A.1.
    private static func hkdfIsRight() -> Bool {
        let output = KeyDerivation.derive(
            from: [UInt8](repeating: 0x0b, count: 22).span, salt: Array(0...12).span, info: Array(0xf0...0xf9).span, count: 42)
        let answer = Hex.decode("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865") ?? []
        return ConstantTime.equal(output.bytes, answer.span)
    }
}
