import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Many backups of a database")
struct DatabaseHistoryTests {
    /// One change that a file may go through, of up to some ten pages.
    private static func change(_ file: EditedFile, _ earlier: [UInt8], _ random: inout SeededRandom) throws {
        let (count, page) = (file.bytes.count, 8192)
        let offset = Int.random(in: 0..<count, using: &random)
        let length = Int.random(in: 1...(3 * page), using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: try file.write(random.bytes(1), at: offset)
        case 1: try file.write(random.bytes(length), at: offset)
        case 2:  // Back to what it was.
            let range = offset..<min(offset + length, count, max(earlier.count, offset))
            if range.upperBound <= earlier.count { try file.write(Array(earlier[range]), at: offset) }
        case 3:  // Pages swapped.
            guard count >= 2 * page else { return }
            let pages = (0..<2).map { _ in Int.random(in: 0..<(count / page), using: &random) * page }
            let (a, b) = (Array(file.bytes[pages[0]..<(pages[0] + page)]), Array(file.bytes[pages[1]..<(pages[1] + page)]))
            try file.write(b, at: pages[0])
            try file.write(a, at: pages[1])
        case 4:  // Shifted.
            try file.write(Array(file.bytes[offset..<min(offset + length, count)]), at: offset + 1)
        case 5: try file.resize(to: max(5000, count - length))
        case 6: try file.resize(to: min(count + length, 400_000))
        default: try file.punch((offset / 4096 * 4096)..<(offset / 4096 * 4096 + max(4096, length / 4096 * 4096)))
        }
    }

    @Test(
        "whatever a file goes through, each snapshot has it as it was, with holes and pages that are data only in part",
        arguments: 1...6 as ClosedRange<UInt64>)
    func histories(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let database = try await TestDatabase(random.bytes(200_000), blockByteCount: 32 << 10, pageByteCount: 8192)
        var earlier = database.file.bytes
        var taken: [(id: SnapshotID, bytes: [UInt8])] = []
        for step in 0..<40 {
            for _ in 0..<Int.random(in: 1...4, using: &random) { try Self.change(database.file, earlier, &random) }
            let summary = try await database.backUp()
            #expect(summary.problems.isEmpty)
            #expect(try await database.content(of: summary.snapshot) == database.file.bytes, "step \(step)")
            taken.append((summary.snapshot, database.file.bytes))
            earlier = taken[Int.random(in: 0..<taken.count, using: &random)].bytes
        }
        for (id, bytes) in taken where Bool.random(using: &random) {
            #expect(try await database.content(of: id) == bytes)
        }
    }

    @Test("after hundreds of them a restore still opens little more than the file, and references are no more than pages")
    func bounds() async throws {
        var random = SeededRandom(seed: 7)
        let (pageCount, page) = (256, 512)
        let database = try await TestDatabase(random.bytes(pageCount * page))
        var storedByteCount: UInt64 = 0
        var changedPageCount = 0
        for step in 1...300 {
            let changed = Set((0..<20).map { _ in Int.random(in: 0..<pageCount, using: &random) })
            for number in changed { try database.file.write(random.bytes(8), at: number * page) }
            changedPageCount += changed.count
            let summary = try await database.backUp()
            storedByteCount += summary.figures.bytesNew
            guard step % 30 == 0 else { continue }
            #expect(try await database.content(of: summary.snapshot) == database.file.bytes)
            let references = try await database.references(of: summary.snapshot)
            #expect(references.count <= pageCount)
            let chunks = Dictionary(references.map { ($0.hash, Int($0.plainByteCount)) }) { first, _ in first }
            #expect(chunks.values.reduce(0, +) <= 5 * pageCount * page / 2)
        }
        // Less than one page more for each that changed: what had to be moved out of chunks of which little was left.
        #expect(storedByteCount < UInt64(2 * changedPageCount * page + pageCount * page))
    }
}
