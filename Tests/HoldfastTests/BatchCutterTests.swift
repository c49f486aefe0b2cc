import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@testable import Holdfast

@Suite("Files are cut where the cutter says, whatever window they pass through")
struct BatchCutterTests {
    private static let sizes = CutSizes(minimum: 1024, average: 4096, maximum: 16_384)
    private static let cutters: [Cutter] = [
        .content(ContentCutter(cutKey: Secret(copying: [UInt8](repeating: 1, count: 32).span), sizes: sizes)),
        .blocks(byteCount: 4096),
    ]

    /// A file in memory, with holes where `extents` leaves them.
    private struct MemorySource: ByteSource {
        let path: [UInt8] = []
        let bytes: [UInt8]
        let extents: [Range<Int>]

        func nextExtent(from offset: Int) -> Range<Int>? {
            extents.first { $0.upperBound > offset }.map { max($0.lowerBound, offset)..<$0.upperBound }
        }

        func read(into span: inout MutableSpan<UInt8>, at offset: Int) -> Int {
            let count = min(span.count, bytes.count - offset)
            for index in 0..<count { span[index] = bytes[offset + index] }
            return count
        }
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 7)
        return random.bytes(count)
    }

    private func cut(_ source: MemorySource, _ cutter: Cutter, window: Int) throws -> (lengths: [Int], bytes: [UInt8]) {
        var batches = BatchCutter(cutter, window: [UInt8](repeating: 0, count: window), limit: source.bytes.count)
        var (lengths, bytes): ([Int], [UInt8]) = ([], [])
        while let batch = try batches.next(from: source) {
            bytes += [UInt8](repeating: 0, count: Int(batch.hole)) + batches.window[batch.start..<(batch.start + batch.byteCount)]
            lengths += batch.lengths
        }
        let isAtLimit = batches.isAtLimit
        #expect(isAtLimit)
        return (lengths, bytes)
    }

    @Test(
        "chunks and bytes are the same through a window that just holds the greatest chunk", arguments: cutters.indices,
        [0, 1, 5000, 99_999, 300_000])
    func windows(cutter: Int, byteCount: Int) throws {
        let bytes = Self.bytes(byteCount)
        let source = MemorySource(bytes: bytes, extents: byteCount == 0 ? [] : [0..<byteCount])
        let narrow = try cut(source, Self.cutters[cutter], window: Self.sizes.maximum + 1)
        let wide = try cut(source, Self.cutters[cutter], window: 1 << 20)
        #expect(narrow.lengths == wide.lengths)
        #expect(narrow.bytes == bytes)
        #expect(wide.bytes == bytes)
    }

    @Test("each run of data begins a chunk of its own, after its hole", arguments: cutters.indices) func holes(cutter: Int) throws
    {
        let extents = [4096..<50_000, 81_920..<81_921, 90_112..<120_000]
        var bytes = Self.bytes(120_000)
        for index in bytes.indices where !extents.contains(where: { $0.contains(index) }) { bytes[index] = 0 }
        let source = MemorySource(bytes: bytes, extents: extents)
        let narrow = try cut(source, Self.cutters[cutter], window: Self.sizes.maximum + 1)
        #expect(narrow.bytes == bytes)
        #expect(try narrow.lengths == cut(source, Self.cutters[cutter], window: 1 << 20).lengths)
    }
}
