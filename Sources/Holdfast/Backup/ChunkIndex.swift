import HoldfastFormat
import HoldfastModel
import Synchronization

/// Which chunks need not be stored again: the base's, and those that this snapshot has stored already.
///
/// Bounded: beyond its capacity it forgets to remember, and a chunk is stored once more. 16 bytes of a chunk's hash are kept;
/// that two different chunks of one lineage agree in them has a probability under 2⁻⁸⁰ at full size.
final class ChunkIndex: Sendable {
    struct Place {
        var packNumber: UInt32
        var offset: UInt32
        var storedByteCount: UInt32
        var plainByteCount: UInt32
    }

    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64
        /// The words are uniform already.
        func hash(into hasher: inout Hasher) { hasher.combine(low) }
    }

    /// About 48 bytes each: 48 MiB, for 1 TiB of chunks of average size.
    static let capacity = 1 << 20
    private let places = Mutex<[Key: Place]>([:])

    func find(_ hash: Digest) -> ChunkReference? {
        let key = Key(high: hash.prefix.0, low: hash.prefix.1)
        guard let place = places.withLock({ $0[key] }) else { return nil }
        return ChunkReference(
            packNumber: place.packNumber, offset: place.offset, storedByteCount: place.storedByteCount,
            plainByteCount: place.plainByteCount, hash: hash)
    }

    func insert(_ reference: ChunkReference) {
        let key = Key(high: reference.hash.prefix.0, low: reference.hash.prefix.1)
        let place = Place(
            packNumber: reference.packNumber, offset: reference.offset, storedByteCount: reference.storedByteCount,
            plainByteCount: reference.plainByteCount)
        places.withLock { places in
            guard places.count < Self.capacity else { return }
            places[key] = place
        }
    }
}
