import HoldfastModel
import Testing

@Suite("What a drill draws from a snapshot")
struct DrillSampleTests {
    private static let mebibyte: UInt64 = 1 << 20

    /// Many small files, a few large ones, and what has no bytes.
    private static let entries: [Entry] =
        (0..<300).map { file("small/\($0)", UInt64($0) * 100) } + (0..<5).map { file("large/\($0)", mebibyte * 37 + UInt64($0)) }
        + [Entry(path: Array("small".utf8), kind: .directory), Entry(path: Array("link".utf8), kind: .symlink)]

    private static let total = entries.reduce(0) { $0 + $1.size }

    private static func file(_ path: String, _ size: UInt64) -> Entry {
        var entry = Entry(path: Array(path.utf8), kind: .file)
        entry.size = size
        return entry
    }

    private func sample(_ amount: String, of total: UInt64 = total, key: UInt64 = 7) throws -> DrillSample? {
        DrillSample(try #require(DrillAmount(amount)), of: total, at: DrillSweep(key: key))
    }

    @Test(
        "an amount is a size, a part in percent, or all",
        arguments: [
            ("1 GiB", "1 GiB"), ("5 %", "5 %"), ("5%", "5 %"), ("100 %", "all"), ("all", "all"), ("0 %", nil), ("101 %", nil),
            ("0 B", nil), ("1GiB", nil), ("-5 %", nil), ("some", nil), ("", nil),
        ] as [(String, String?)])
    func amounts(text: String, meaning: String?) { #expect(DrillAmount(text)?.description == meaning) }

    @Test(
        "a snapshot that is no larger than the amount, or small where a part is asked for, is restored whole",
        arguments: [
            ("1 MiB", 1 << 20, true), ("1 MiB", 1 << 20 + 1, false), ("5 %", 64 << 20, true), ("5 %", 64 << 20 + 1, false),
            ("all", 1 << 50, true), ("1 MiB", 0, true),
        ] as [(String, UInt64, Bool)])
    func whole(amount: String, total: UInt64, isWhole: Bool) throws { #expect(try (sample(amount, of: total) == nil) == isWhole) }

    @Test("once around, every byte and every entry was drawn once, and none twice", arguments: ["3 MiB", "20 MiB"])
    func coverage(amount: String) throws {
        let amount = try #require(DrillAmount(amount))
        let byteCount = try #require(amount.byteCount(of: Self.total))
        var sample = try #require(DrillSample(amount, of: Self.total, at: DrillSweep(key: 7)))
        var drawn: [[UInt8]: [Range<UInt64>]] = [:]
        // The last window reaches a little into what the first had.
        for _ in 0..<(Self.total / byteCount) {
            for entry in Self.entries { drawn[entry.path, default: []] += sample.parts(of: entry) ?? [] }
            sample = try #require(DrillSample(amount, of: Self.total, at: sample.next))
        }
        for (path, parts) in drawn {
            let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
            let isDisjoint = zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
            #expect(isDisjoint, "\(String(decoding: path, as: UTF8.self)) twice")
        }
        for entry in Self.entries { drawn[entry.path, default: []] += sample.parts(of: entry) ?? [] }
        for entry in Self.entries {
            let parts = try #require(drawn[entry.path])
            #expect(!parts.isEmpty && Self.end(of: parts) == entry.size, "\(entry.displayPath)")
        }
    }

    /// How far parts reach from the start on without a gap.
    private static func end(of parts: [Range<UInt64>]) -> UInt64 {
        parts.sorted { $0.lowerBound < $1.lowerBound }.reduce(0) { $1.lowerBound <= $0 ? max($0, $1.upperBound) : $0 }
    }

    @Test("so much is drawn as was asked for, on the whole")
    func amount() throws {
        let counts = try (0..<200).map { key in
            let sample = try #require(try sample("10 MiB", key: UInt64(key)))
            return Self.entries.flatMap { sample.parts(of: $0) ?? [] }.reduce(0) { $0 + $1.count }
        }
        let mean = Double(counts.reduce(0, +)) / Double(counts.count) / Double(Self.mebibyte)
        #expect((9...11).contains(mean), "\(mean)")
        #expect(counts.allSatisfy { $0 < 30 << 20 })
    }

    @Test("all names of one file are drawn together, and another key draws others")
    func names() throws {
        let sample = try #require(try sample("10 MiB"))
        for inode in 0..<50 as Range<UInt64> {
            var (first, second) = (Self.file("a/\(inode)", 10), Self.file("b/\(inode)", 10))
            for change in [\Entry.inode, \.linkCount] {
                (first[keyPath: change], second[keyPath: change]) = (inode + 2, inode + 2)
            }
            #expect(sample.parts(of: first) == sample.parts(of: second))
        }
        let other = try #require(try self.sample("10 MiB", key: 8))
        #expect(Self.entries.contains { sample.parts(of: $0) != other.parts(of: $0) })
    }

    @Test("a wider one has all that it had, and in the end everything")
    func wider() throws {
        var sample = try #require(try sample("1 MiB"))
        var doublings = 0
        while let wider = sample.wider {
            for entry in Self.entries where sample.parts(of: entry) != nil { #expect(wider.parts(of: entry) != nil) }
            (sample, doublings) = (wider, doublings + 1)
        }
        // 1 MiB of 189 MiB, doubled until more than half is drawn.
        #expect(doublings == 7)
    }

    @Test("a sparse file of any size is drawn from in few pieces")
    func sparse() throws {
        let size = UInt64(Int64.max)
        let file = Self.file("sparse", size)
        var sample = try #require(try self.sample("1 GiB", of: size))
        while let wider = sample.wider { sample = wider }
        // That is more than half of it.
        let parts = try #require(sample.parts(of: file))
        #expect(parts.count <= 1 << 16 && parts.allSatisfy { $0.upperBound <= size })
        #expect(parts.reduce(0) { $0 + $1.upperBound - $1.lowerBound } > size / 3)
    }

    @Test("of a source that stands for an old CMK a sixteenth is enough, and all where all is asked for")
    func oldCMK() {
        #expect(DrillAmount.standard.forOldCMK == .bytes(ByteCount(64 << 20)))
        #expect(DrillAmount.everything.forOldCMK == .everything && DrillAmount.percent(5).forOldCMK == .percent(5))
    }
}
