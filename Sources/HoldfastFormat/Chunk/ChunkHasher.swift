import HoldfastCrypto
package import HoldfastModel

/// Names chunks: HMAC-SHA256 of the domain byte and the plaintext under the lineage's hash key; one for each worker.
package struct ChunkHasher: ~Copyable, Sendable {
    private let mac: HMACSHA256

    package init(hashKey: borrowing Secret) { mac = HMACSHA256(key: hashKey.bytes) }

    package func hash(_ plaintext: Span<UInt8>, domain: ChunkDomain) -> Digest {
        mac.authenticate(domain: domain.rawValue, plaintext)
    }

    package func hash(page: Span<UInt8>) -> PageHash {
        PageHash(mac.authenticate(domain: PageHash.domain, page))
    }
}
