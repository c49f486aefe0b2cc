import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct RestorePlanTests {
    @Test(
        "chunks that lie near each other are read at once, each once, however often they are used",
        arguments: [
            (RestoreLimits(), [8..<3148]),
            (RestoreLimits(gapByteCount: 0), [8..<124, 240..<356, 3032..<3148]),
            (RestoreLimits(gapByteCount: 200), [8..<356, 3032..<3148]),
            (RestoreLimits(readByteCount: 300), [8..<124, 240..<356, 3032..<3148]),
        ])
    func reads(limits: RestoreLimits, expected: [Range<Int>]) async throws {
        let scratch = try RestoreScratch()
        var reading: ReadingStore?
        let fixture = try RestoreFixture { store in
            let wrapped = ReadingStore(store)
            reading = wrapped
            return wrapped
        }
        let craft = RestoreCraft(fixture)
        let chunks = [100, 100, 100, 2660, 100].enumerated().map { index, count in
            craft.chunk([UInt8](repeating: UInt8(index + 1), count: count))
        }
        let used = [chunks[0], chunks[2], chunks[4]]
        craft.file("a", used + used).file("b", used.reversed()).file("c", used)
        let snapshot = try await craft.finish()
        let store = try #require(reading)
        store.forget()
        let summary = try await Restore(snapshot, to: try scratch.target(), options: .init(limits: limits), cores: 1).run()
        #expect(summary.errors == [])
        // Both passes read the one listing chunk.
        let listing = store.packReads.filter { read in !expected.contains(read) }
        #expect(listing.count == 2)
        #expect(store.packReads.filter(expected.contains).sorted { $0.lowerBound < $1.lowerBound } == expected)
        #expect(try scratch.bytes("t/b") == scratch.bytes("t/c").reversed())
    }
}
