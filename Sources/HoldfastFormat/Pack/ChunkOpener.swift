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
        guard frame.count == reference.frameByteCount else { throw .chunkTampered }
        var sealed: [UInt8] = []
        sealed.append(contentsOf: frame)
        try decrypt(&sealed, reference, packKey)
        sealed.removeLast(AESGCM.tagByteCount)
        let plaintext =
            reference.isCompressed
            ? try decompressor.decompress(sealed.span, byteCount: Int(reference.plainByteCount)) : sealed
        guard hasher.authenticate(domain: domain.rawValue, plaintext.span) == reference.hash else { throw .chunkHashMismatch }
        return plaintext
    }

    private func decrypt(_ frame: inout [UInt8], _ reference: ChunkReference, _ packKey: Span<UInt8>) throws(FormatError) {
        let key = PackKeySchedule(packKey: packKey).chunkKey(hash: reference.hash)
        var keyBytes = [32 of UInt8](repeating: 0)
        var keySpan = keyBytes.mutableSpan
        key.write(to: &keySpan, at: 0)
        var span = frame.mutableSpan
        do throws(CryptoError) {
            try cipher.open(&span, key: keyBytes.span, nonce: Nonce(offset: Int(reference.offset)))
        } catch {
            throw .chunkTampered
        }
    }
}
