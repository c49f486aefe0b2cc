import HoldfastModel
import HoldfastStorage
import Testing

@testable import Holdfast

@Suite("A walk runs ahead of whoever takes its entries")
struct WalkAheadTests {
    private func tree(of count: Int) throws -> (scratch: Scratch, roots: [[UInt8]]) {
        let scratch = try Scratch()
        for number in 0..<count { try scratch.write([], to: "d\(number % 7)/\(number)") }
        return (scratch, [Array(scratch.path.utf8)])
    }

    @Test("all entries come, in their order, and then an empty batch", arguments: [0, 1, 600]) func everything(count: Int)
        async throws
    {
        let (scratch, roots) = try tree(of: count)
        defer { withExtendedLifetime(scratch) {} }
        let walk = TreeWalk(roots: roots, filter: WalkFilter()) { _ in }
        var expected: [[UInt8]] = []
        while let entry = walk.next() { expected.append(entry.path) }
        let ahead = WalkAhead()
        async let walking: Void = ahead.run(roots, WalkFilter()) { _ in }
        var taken: [[UInt8]] = []
        while case let batch = await ahead.next(), !batch.isEmpty { taken += batch.map(\.path) }
        await walking
        #expect(taken == expected)
    }

    @Test("a walk that nobody takes from any more ends") func stopping() async throws {
        let (scratch, roots) = try tree(of: 6000)
        defer { withExtendedLifetime(scratch) {} }
        let ahead = WalkAhead()
        async let walking: Void = ahead.run(roots, WalkFilter()) { _ in }
        #expect(await !ahead.next().isEmpty)
        ahead.stop()
        await walking
    }
}
