import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Bytes of a restored file as they were read from the disk: as many as were read last.
struct ReadBackBytes {
    private var bytes: [UInt8] = []
    private var count = 0

    /// False where the file ends before.
    mutating func read(_ range: Range<Int>, of file: RestoredFile) throws(RestoreError) -> Bool {
        if bytes.count < range.count { bytes = [UInt8](repeating: 0, count: range.count) }
        var span = bytes.mutableSpan
        var part = span._mutatingExtracting(0..<range.count)
        count = try file.read(into: &part, at: range.lowerBound)
        return count == range.count
    }

    var areZeros: Bool { bytes[..<count].allSatisfy { $0 == 0 } }

    func hash(with hasher: borrowing ChunkHasher) -> Digest {
        let (bytes, count) = (bytes, count)
        return hasher.hash(bytes.span.extracting(0..<count), domain: .data)
    }

    func equal(_ other: ArraySlice<UInt8>) -> Bool { bytes[..<count] == other }
}
