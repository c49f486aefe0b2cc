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
        /// How many bytes of it the base's files take, each place counted; of two bases, both. A bound where it would not fit.
        var liveByteCount: UInt32
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
        var place = Place(
            packNumber: reference.packNumber, offset: reference.offset, storedByteCount: reference.storedByteCount,
            plainByteCount: reference.plainByteCount, liveByteCount: UInt32(reference.byteCount))
        places.withLock { places in
            if let known = places[key] {
                let (sum, overflow) = known.liveByteCount.addingReportingOverflow(place.liveByteCount)
                place.liveByteCount = overflow ? .max : sum
            } else if places.count >= Self.capacity {
                return
            }
            places[key] = place
        }
    }

    /// How many bytes of a base's chunk its files take in all; nil of a chunk that was forgotten.
    func liveByteCount(of hash: Digest) -> Int? {
        let key = Key(high: hash.prefix.0, low: hash.prefix.1)
        return places.withLock { $0[key] }.map { Int($0.liveByteCount) }
    }
}
