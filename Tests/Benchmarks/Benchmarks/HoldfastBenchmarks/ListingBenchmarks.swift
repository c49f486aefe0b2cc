import Benchmark
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// Ten thousand files of one chunk each.
func listingBenchmarks() {
    let entries = (0..<10_000).map { number in
        var entry = Entry(path: Array("var/lib/data/\(10_000 + number)/file-\(number).dat".utf8), kind: .file)
        (entry.mode, entry.size, entry.inode, entry.linkCount) = (0o644, 20_000, UInt64(number), 1)
        (entry.modified, entry.changed) = (1_800_000_000_000_000_000, 1_800_000_000_123_456_789)
        (entry.ownerName, entry.groupName) = (Array("postgres".utf8), Array("postgres".utf8))
        entry.content = .refs(
            ChunkReferences.encode([
                ChunkReference(
                    packNumber: 3, offset: UInt32(8 + number), storedByteCount: 8000, plainByteCount: 20_000,
                    hash: SHA256.hash(entry.path.span))
            ]))
        return entry
    }

    func encode() throws -> [ListingCutter.Chunk] {
        var cutter = ListingCutter(cutKey: Random.secret())
        return try entries.compactMap { try cutter.add($0) } + [cutter.finish()].compactMap(\.self)
    }

    Benchmark("encode and cut a listing of 10,000 files") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try encode()) }
    }
    Benchmark("decode a listing of 10,000 files") { benchmark in
        let chunks = try encode()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var decoder = ListingDecoder()
            for chunk in chunks { blackHole(try decoder.decode(chunk.plaintext)) }
        }
    }
}
