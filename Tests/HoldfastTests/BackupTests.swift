import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A backup")
struct BackupTests {
    @Test("what was stored reads back byte for byte")
    func roundTrip() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        var random = SeededRandom(seed: 1)
        var expected: [String: [UInt8]] = [:]
        for (name, count) in [("a", 0), ("b/c", 1), ("b/d", 100_000), ("e", 3_000_000), ("f/g/h", 9_000_001)] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            try source.write(bytes, to: name)
            expected["\(source.path)/\(name)"] = bytes
        }
        let summary = try await cluster.backUp(cluster.request([source.path]))
        #expect(summary.problems.isEmpty)
        #expect(try await cluster.contents(summary.snapshot) == expected)
    }

    @Test("unchanged files are not read again, and store next to nothing")
    func unchanged() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        for index in 0..<200 { try source.write([UInt8](repeating: UInt8(index), count: 20_000 + index), to: "d\(index % 7)/\(index)") }
        let time = cluster.time
        // Files so young that a later change might keep their times are read again: two snapshots, then the one that counts.
        _ = try await cluster.backUp(cluster.request([source.path]))
        try await Task.sleep(for: .milliseconds(60))
        _ = try await cluster.backUp(cluster.request([source.path], after: 60))
        let third = try await cluster.backUp(cluster.request([source.path], after: 120))
        #expect(third.header.base != nil)
        #expect(third.figures.bytesRead == 0)
        #expect(third.figures.bytesStored == 0)
        #expect(third.header.time == time + 120)
    }

    @Test("a file moved within the source stores none of its bytes again")
    func moved() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        var random = SeededRandom(seed: 2)
        let bytes = (0..<5_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        try source.write(bytes, to: "old")
        _ = try await cluster.backUp(cluster.request([source.path]))
        let other = try Scratch()
        try other.write(bytes, to: "new")
        let second = try await cluster.backUp(cluster.request([other.path], after: 60))
        #expect(second.figures.bytesRead == 5_000_000)
        #expect(second.figures.bytesNew == 0)
    }
}
