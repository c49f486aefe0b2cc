import HoldfastCrypto
import HoldfastModel

/// The STREAM construction as in age: frames of 64 KiB under one key, a counter and a last-frame flag as nonce
/// (`docs/FORMAT.md`, section 2).
enum SealedStream {
    static let frameByteCount = 65_536

    static func seal(_ plaintext: Span<UInt8>, key: borrowing Secret) -> [UInt8] {
        let cipher = AESGCM()
        let frameCount = max(1, (plaintext.count + frameByteCount - 1) / frameByteCount)
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plaintext.count + frameCount * AESGCM.tagByteCount)
        for index in 0..<frameCount {
            let range = (index * frameByteCount)..<min(plaintext.count, (index + 1) * frameByteCount)
            // Room for all is set aside above: no growing leaves plaintext behind.
            let start = sealed.count
            sealed.append(contentsOf: plaintext.extracting(range))
            sealed.append(contentsOf: repeatElement(0, count: AESGCM.tagByteCount))
            seal(&sealed, from: start, key, cipher, Nonce(counter: index, isLast: index == frameCount - 1))
        }
        return sealed
    }

    private static func seal(
        _ bytes: inout [UInt8], from start: Int, _ key: borrowing Secret, _ cipher: borrowing AESGCM, _ nonce: Nonce
    ) {
        let end = bytes.count
        var span = bytes.mutableSpan
        var frame = span._mutatingExtracting(start..<end)
        cipher.seal(&frame, key: key.bytes, nonce: nonce)
    }

    /// Opens all frames, or says which one was tampered with, and whether frames were cut off or added.
    static func open(_ sealed: Span<UInt8>, key: borrowing Secret) throws(FormatError) -> Secret {
        let stride = frameByteCount + AESGCM.tagByteCount
        let frameCount = max(1, (sealed.count + stride - 1) / stride)
        let overhead = frameCount * AESGCM.tagByteCount
        guard sealed.count >= overhead else { throw .bodyTruncated }
        // An empty last frame would be a second form of the same body.
        guard frameCount == 1 || sealed.count - (frameCount - 1) * stride > AESGCM.tagByteCount else { throw .bodyTruncated }
        let cipher = AESGCM()
        var plaintext = Secret(zeroed: sealed.count - overhead)
        for index in 0..<frameCount {
            let range = (index * stride)..<min(sealed.count, (index + 1) * stride)
            var frame: [UInt8] = []
            frame.append(contentsOf: sealed.extracting(range))
            let isLast = index == frameCount - 1
            guard open(&frame, key, cipher, Nonce(counter: index, isLast: isLast)) else {
                throw fault(sealed.extracting(range), key, cipher, index: index, isLast: isLast)
            }
            let payload = frame.count - AESGCM.tagByteCount
            plaintext.update { $0.copy(frame.span.extracting(0..<payload), at: index * frameByteCount) }
            frame.wipe()
        }
        return plaintext
    }

    private static func open(_ frame: inout [UInt8], _ key: borrowing Secret, _ cipher: borrowing AESGCM, _ nonce: Nonce) -> Bool
    {
        var span = frame.mutableSpan
        do throws(CryptoError) {
            try cipher.open(&span, key: key.bytes, nonce: nonce)
            return true
        } catch {
            return false
        }
    }

    /// Tries the other flag only to name the fault: nothing that it opens is used.
    private static func fault(
        _ sealed: Span<UInt8>, _ key: borrowing Secret, _ cipher: borrowing AESGCM, index: Int, isLast: Bool
    ) -> FormatError {
        var frame: [UInt8] = []
        frame.append(contentsOf: sealed)
        guard open(&frame, key, cipher, Nonce(counter: index, isLast: !isLast)) else { return .bodyTampered(frame: index) }
        frame.wipe()
        return isLast ? .bodyTruncated : .bodyExtended
    }
}
