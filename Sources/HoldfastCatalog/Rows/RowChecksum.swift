import HoldfastModel

/// Sixty-four bits that tell a row as it was written from one that rotted on the disk.
///
/// SQLite does not notice a flipped bit inside a row. It is FNV-1a over words:
/// each step can be undone, so a change within one word never goes unseen. It guards against accidents only.
enum RowChecksum {
    static let byteCount = 8

    static func of(_ bytes: Span<UInt8>) -> UInt64 {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        let wholeWords = bytes.count / 8 * 8
        for offset in stride(from: 0, to: wholeWords, by: 8) { mix(UInt64(bigEndian: bytes, at: offset), into: &sum) }
        for offset in wholeWords..<bytes.count { mix(UInt64(bytes[offset]), into: &sum) }
        mix(UInt64(bytes.count), into: &sum)
        return sum
    }

    private static func mix(_ word: UInt64, into sum: inout UInt64) {
        sum = (sum ^ word) &* 0x100_0000_01b3
        sum ^= sum >> 32
    }
}
