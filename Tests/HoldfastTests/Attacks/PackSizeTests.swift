import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// What the lengths of packs give away: whole packs are seen, and those only in steps.
@Suite("The sizes of packs")
struct PackSizeTests {
    @Test("W19: a chunk that compresses by 1 to 1,000 bytes more leaves the sizes of all packs within a step of padding")
    func compressibility() async throws {
        let source = try Scratch()
        var random = SeededRandom(seed: 19)
        let bytes = random.bytes(200_000)
        var sizes: [Int: [Int]] = [:]
        for count in [0, 1, 10, 100, 1_000] {
            try source.write([UInt8](repeating: 0, count: count) + bytes.dropFirst(count), to: "a")
            let cluster = try await TestCluster()
            let id = try await cluster.backUp(cluster.request([source.path])).snapshot
            sizes[count] = try #require(try await cluster.repository.readSnapshot(id)).packs.map(\.byteCount).sorted()
        }
        let original = try #require(sizes[0])
        #expect(original.count == 2)
        for (count, changed) in sizes {
            for (before, after) in zip(original, changed) {
                // A listing has other times in it, which compress by some bytes more or less.
                let most = Self.step(of: max(before, after)) * (before < bytes.count ? 2 : 1)
                #expect(abs(before - after) <= most, "\(count) bytes: \(original), \(changed)")
            }
        }
    }

    /// Between one Padmé size and the next.
    private static func step(of size: Int) -> Int { Padme.padded(size + 1) - size }
}
