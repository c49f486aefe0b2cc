import HoldfastCrypto
package import HoldfastModel

/// Opens chunks: decrypts, decompresses, and hashes again under the lineage's key; one for each worker.
package struct ChunkOpener: ~Copyable, Sendable {
    private let cipher = AESGCM()
    private let decompressor = ZstdDecompressor()
    private let hasher: HMACSHA256

    package init(hashKey: borrowing Secret) { hasher = HMACSHA256(key: hashKey.bytes) }

    /// The plaintext of the chunk that `reference` names, from its frame: `storedByteCount + 16` bytes out of the pack.
    ///
    /// Throws `.chunkTampered` where the frame does not open and `.chunkHashMismatch` where it opens to something else.
    package func open(
        _ frame: Span<UInt8>, as reference: ChunkReference, domain: ChunkDomain, packKey: Span<UInt8>
    ) throws(FormatError) -> [UInt8] {
        var sealed: [UInt8] = []
        sealed.append(contentsOf: frame)
        var (scratch, plaintext): ([UInt8], [UInt8]) = ([], [])
        var span = sealed.mutableSpan
        try open(&span, as: reference, domain: domain, packKey: packKey, with: &scratch) { plaintext.append(contentsOf: $0) }
        return plaintext
    }

    /// The same for those who open many: the frame is decrypted where it lies, and `body` is lent the plaintext, there or in `scratch`,
    /// which grows as needed and never shrinks.
    package func open(
        _ frame: inout MutableSpan<UInt8>, as reference: ChunkReference, domain: ChunkDomain, packKey: Span<UInt8>,
        with scratch: inout [UInt8], _ body: (Span<UInt8>) -> Void
    ) throws(FormatError) {
        guard frame.count == reference.frameByteCount else { throw .chunkTampered }
        try decrypt(&frame, reference, packKey)
        let (sealed, byteCount) = (frame.span.extracting(0..<Int(reference.storedByteCount)), Int(reference.plainByteCount))
        guard reference.isCompressed else { return try lend(sealed, as: reference, domain, body) }
        try decompressor.decompress(sealed, byteCount: byteCount, into: &scratch)
        try lend(scratch.span.extracting(0..<byteCount), as: reference, domain, body)
    }

    private func lend(
        _ plaintext: Span<UInt8>, as reference: ChunkReference, _ domain: ChunkDomain, _ body: (Span<UInt8>) -> Void
    ) throws(FormatError) {
        guard hasher.authenticate(domain: domain.rawValue, plaintext) == reference.hash else { throw .chunkHashMismatch }
        body(plaintext)
    }

    private func decrypt(
        _ frame: inout MutableSpan<UInt8>, _ reference: ChunkReference, _ packKey: Span<UInt8>
    ) throws(FormatError) {
        let key = PackKeySchedule(packKey: packKey).chunkKey(hash: reference.hash)
        var keyBytes = [32 of UInt8](repeating: 0)
        var keySpan = keyBytes.mutableSpan
        key.write(to: &keySpan, at: 0)
        do throws(CryptoError) {
            try cipher.open(&frame, key: keyBytes.span, nonce: Nonce(offset: Int(reference.offset)))
        } catch {
            throw .chunkTampered
        }
    }
}
