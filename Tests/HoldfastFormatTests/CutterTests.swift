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
