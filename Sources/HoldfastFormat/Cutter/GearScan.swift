/// Looks for the first boundary in a run of bytes: the inner loop of the content cutter, which every byte of a first backup passes.
///
/// A gear hash depends on its last 64 bytes alone, since each byte shifts it by one. So the second of two neighbouring lanes can be hashed
/// from 64 bytes before its start while the first still is: the two chains of dependent steps run side by side, and nothing else is in
/// the loop but the least hash of each lane. Only lanes in which one is small enough are looked through again, byte by byte.
struct GearScan {
    /// That of all bytes before the position.
    private var hash: UInt64 = 0

    private static let laneByteCount = 4096
    /// So many bytes make up a hash.
    private static let windowByteCount = 64

    /// Where the first chunk ends in `range` of `data`: behind the byte at which the hash is no more than `bound`; nil where it never is.
    /// `gear` has 256 words.
    mutating func boundary(
        of data: Span<UInt8>, in range: Range<Int>, noMoreThan bound: UInt64, gear: Span<UInt64>
    ) -> Int? {
        precondition(range.lowerBound >= Self.windowByteCount && range.upperBound <= data.count && gear.count == 256)
        var index = range.lowerBound
        while index <= range.upperBound - 2 * Self.laneByteCount {
            let before = hash
            if leastHash(ofTwoLanesAt: index, data, gear) <= bound {
                hash = before
                if let end = step(index..<(index + 2 * Self.laneByteCount), bound, data, gear) { return end }
            }
            index += 2 * Self.laneByteCount
        }
        return step(index..<range.upperBound, bound, data, gear)
    }

    /// Leaves `hash` as it is behind both.
    private mutating func leastHash(ofTwoLanesAt index: Int, _ data: Span<UInt8>, _ gear: Span<UInt64>) -> UInt64 {
        let middle = index &+ Self.laneByteCount
        var (first, second) = (hash, UInt64(0))
        for warmUp in (middle &- Self.windowByteCount)..<middle { second = Self.next(second, warmUp, data, gear) }
        var (least, leastOfSecond) = (UInt64.max, UInt64.max)
        var offset = 0
        while offset < Self.laneByteCount {
            for near in offset..<(offset &+ 4) {
                first = Self.next(first, index &+ near, data, gear)
                second = Self.next(second, middle &+ near, data, gear)
                (least, leastOfSecond) = (min(least, first), min(leastOfSecond, second))
            }
            offset &+= 4
        }
        hash = second
        return min(least, leastOfSecond)
    }

    private mutating func step(_ range: Range<Int>, _ bound: UInt64, _ data: Span<UInt8>, _ gear: Span<UInt64>) -> Int? {
        for index in range {
            hash = Self.next(hash, index, data, gear)
            if hash <= bound { return index + 1 }
        }
        return nil
    }

    /// Positions were checked once, in `boundary`, and a byte is always an index of 256 words.
    @inline(__always)
    private static func next(_ hash: UInt64, _ index: Int, _ data: Span<UInt8>, _ gear: Span<UInt64>) -> UInt64 {
        unsafe (hash &<< 1) &+ gear[unchecked: Int(data[unchecked: index])]
    }
}
