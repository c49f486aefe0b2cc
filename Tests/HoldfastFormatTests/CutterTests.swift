import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("The cutters")
struct CutterTests {
    static let sizes = CutSizes(minimum: 1024, average: 4096, maximum: 16_384)

    /// Bytes that look random and are the same in every run.
    static func bytes(_ count: Int, seed: UInt8 = 0) -> [UInt8] {
        KeyStream.bytes(key: Secret(copying: [UInt8](repeating: seed, count: 32).span).bytes, count: count)
    }

    static func cut(_ data: [UInt8], key: UInt8 = 1) -> [Int] {
        let cutter = ContentCutter(cutKey: Secret(copying: [UInt8](repeating: key, count: 32).span), sizes: sizes)
        var lengths: [Int] = []
        var start = 0
        while start < data.count {
            lengths.append(cutter.firstCut(in: data.span.extracting(start..<data.count)))
            start += lengths.last ?? 0
        }
        return lengths
    }

    @Test("chunks keep to their sizes and make up the whole")
    func bounds() {
        let data = Self.bytes(1 << 20)
        let lengths = Self.cut(data)
        #expect(lengths.reduce(0, +) == data.count)
        #expect(lengths.dropLast().allSatisfy { (Self.sizes.minimum...Self.sizes.maximum).contains($0) })
        let average = data.count / lengths.count
        #expect((2048...8192).contains(average))
    }

    @Test("bytes put in at the front move only the boundaries near them")
    func insertion() {
        let data = Self.bytes(1 << 20)
        func ends(_ data: [UInt8], shift: Int) -> Set<Int> {
            var end = -shift
            return Set(
                Self.cut(data).map { length in
                    end += length
                    return end
                })
        }
        let (before, after) = (ends(data, shift: 0), ends([1, 2, 3] + data, shift: 3))
        #expect(before.subtracting(after).count <= 3)
    }

    /// As the format's page has it, byte by byte.
    private static func definition(_ data: [UInt8], key: UInt8) -> [Int] {
        let stream = bytes(2048, seed: key)
        let gear = (0..<256).map { word in stream[(8 * word)..<(8 * word + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        var (lengths, start, hash): ([Int], Int, UInt64) = ([], 0, 0)
        for index in data.indices {
            let length = index + 1 - start
            guard length > sizes.minimum else { continue }
            hash = (hash << 1) &+ gear[Int(data[index])]
            // 4,096 on average: 12 bits, and two more or fewer.
            let zeros = length <= sizes.average ? 14 : 10
            if hash >> UInt64(64 - zeros) == 0 || length == sizes.maximum {
                (start, hash) = (index + 1, (lengths.append(length), 0).1)
            }
        }
        return start == data.count ? lengths : lengths + [data.count - start]
    }

    @Test(
        "boundaries are where the definition has them, however many lanes look for them", arguments: 1...8 as ClosedRange<UInt8>)
    func boundaries(key: UInt8) {
        let count = 300_000 + Int(key) * 1_111
        for data in [
            Self.bytes(count, seed: key), Self.bytes(count, seed: key).map { $0 & 3 }, [UInt8](repeating: key, count: count),
        ] {
            #expect(Self.cut(data, key: key) == Self.definition(data, key: key))
        }
    }

    @Test("another key cuts elsewhere")
    func keyed() {
        let data = Self.bytes(1 << 20)
        #expect(Self.cut(data, key: 1) != Self.cut(data, key: 2))
    }

    @Test("bytes that never vary are cut at the maximum")
    func constant() {
        #expect(Self.cut([UInt8](repeating: 0, count: 40_000)).max() ?? 0 <= Self.sizes.maximum)
    }

    @Test("blocks are aligned, wherever a run of data begins", arguments: [(0, 4096), (4095, 1), (5000, 3192), (8192, 4096)])
    func blocks(offset: Int, expected: Int) {
        #expect(Cutter.blocks(byteCount: 4096).firstCut(in: Self.bytes(10_000).span, at: offset) == expected)
    }
}
