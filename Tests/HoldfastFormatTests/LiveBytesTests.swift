import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("The bytes of a pack that are referred to")
struct LiveBytesTests {
    private static let digest = Digest(bytes: [UInt8](repeating: 1, count: 32).span)

    private func reference(
        _ offset: UInt32, _ byteCount: UInt32, from: UInt32 = 0, take: UInt32 = 0
    ) throws -> ChunkReference {
        ChunkReference(
            packNumber: 1, offset: offset, storedByteCount: byteCount - 16, plainByteCount: 2 * (byteCount - 16), from: from,
            take: take, hash: try #require(Self.digest))
    }

    private func count(_ references: [ChunkReference]) -> Int {
        var live = LiveBytes()
        for reference in references { live.insert(reference) }
        return live.byteCount
    }

    @Test("each byte counts once, in whatever order references come")
    func once() throws {
        let (a, b, c) = (try reference(8, 100), try reference(108, 50), try reference(500, 20))
        #expect(count([]) == 0)
        #expect(count([a]) == 100)
        #expect(count([a, a, b, a]) == 150)
        #expect(count([c, a, b, c]) == 170)
        #expect(count([a, c, b]) == 170)
        #expect(count([b, c, a, b]) == 170)
    }

    @Test("a part of a chunk counts for its share of the frame, and the parts of one for no more than the whole")
    func parts() throws {
        let whole = try reference(8, 1016)
        #expect(whole.plainByteCount == 2000)
        let first = try reference(8, 1016, from: 0, take: 500)
        #expect(count([first]) == 254)
        #expect(count([first, first]) == 254)
        let parts = try [(0, 500), (500, 300), (800, 1200)].map { try reference(8, 1016, from: $0.0, take: $0.1) }
        #expect(count(parts) == 1016)
        #expect(count([first, whole]) == 1016)
        #expect(count([try reference(8, 1016, from: 1999, take: 1)]) == 1)
    }

    @Test("agrees with a count byte by byte, whatever is inserted")
    func random() throws {
        for seed in 1...20 {
            var random = SeededRandom(seed: UInt64(seed))
            var live = LiveBytes()
            var bytes: Set<Int> = []
            for _ in 0..<200 {
                let reference = try reference(.random(in: 8...5000, using: &random), .random(in: 17...60, using: &random))
                live.insert(reference)
                bytes.formUnion(reference.frameRange)
                #expect(live.byteCount == bytes.count)
            }
        }
    }

    @Test("beyond its bound it counts small gaps as live, and no large one")
    func bounded() throws {
        var live = LiveBytes()
        let count = UInt32(4 * LiveBytes.mostRuns)
        for number in 0..<count { live.insert(try reference(8 + 100 * number, 90)) }
        live.insert(try reference(10_000_000, 90))
        #expect(live.byteCount > Int(count) * 90)
        #expect(live.byteCount <= Int(count) * 100 + 90)
    }
}
