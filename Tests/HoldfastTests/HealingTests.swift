import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// The next backup after damage: what is known to be lost is read from the source again, though no file changed.
@Suite("A backup over a damaged base")
struct HealingTests {
    private let cluster: TestCluster
    private let source: Scratch
    private let expected: [String: [UInt8]]

    init() async throws {
        cluster = try await TestCluster()
        source = try Scratch()
        var random = SeededRandom(seed: 5)
        var expected: [String: [UInt8]] = [:]
        for name in ["a", "b/c", "b/d"] {
            let bytes = random.bytes(300_000)
            try source.write(bytes, to: name)
            expected[source.path + "/" + name] = bytes
        }
        self.expected = expected
    }

    private func backUp(after seconds: Int64) async throws -> BackupSummary {
        // Small packs: what is not lost lies in others.
        var request = cluster.request([source.path], after: seconds)
        request.packByteCount = 256 << 10
        return try await cluster.backUp(request)
    }

    private func packs(of id: SnapshotID) async throws -> [PackEntry] {
        try #require(try await cluster.repository.readSnapshot(id)).packs
    }

    private func check() async throws -> CheckResult {
        let request = CheckRequest(.data(percent: 100), keys: cluster.keys, seed: 0)
        return try await CheckRepository(repository: cluster.repository).run(request)
    }

    /// Of listings or of data: those of data are the larger ones here.
    private func pack(of id: SnapshotID, listing: Bool) async throws -> ObjectName {
        let packs = try await packs(of: id).sorted { $0.byteCount < $1.byteCount }
        return try #require(listing ? packs.first : packs.last).name
    }

    enum Harm: CaseIterable { case missing, cut, flippedAndFound }

    private func harm(_ harm: Harm, _ pack: ObjectName) async throws {
        switch harm {
        case .missing: try await cluster.store.delete(pack)
        case .cut: cluster.store.tamper(pack) { $0.removeLast($0.count / 2) }
        case .flippedAndFound:
            cluster.store.tamper(pack) { for index in stride(from: 8, to: $0.count, by: 64) { $0[index] ^= 1 } }
            let check = CheckRepository(repository: cluster.repository)
            #expect(try await check.record(self.check(), at: cluster.time, by: "admin"))
        }
    }

    @Test("is whole again, though no file changed, and refers to nothing that is lost", arguments: Harm.allCases, [false, true])
    func healed(harm: Harm, listing: Bool) async throws {
        let first = try await backUp(after: 0).snapshot
        let lost = try await pack(of: first, listing: listing)
        try await self.harm(harm, lost)
        let summary = try await backUp(after: 60)
        #expect(summary.header.base == first && summary.problems.isEmpty)
        #expect(!summary.notes.isEmpty)
        #expect(try await !packs(of: summary.snapshot).map(\.name).contains(lost))
        #expect(try await cluster.contents(summary.snapshot) == expected)
        let later = try await backUp(after: 120)
        #expect(later.notes.isEmpty && later.figures.bytesNew == 0)
        #expect(try await check().soundSnapshots == [summary.snapshot, later.snapshot])
    }

    @Test("stores again what was lost, and no more") func little() async throws {
        let first = try await backUp(after: 0).snapshot
        try await harm(.missing, try await pack(of: first, listing: false))
        let summary = try await backUp(after: 60)
        #expect((1...700_000).contains(summary.figures.bytesNew))
    }

    @Test("does not end where the listing of its base was changed and no check has been there") func unnoticed() async throws {
        let first = try await backUp(after: 0).snapshot
        cluster.store.tamper(try await pack(of: first, listing: true)) { for index in $0.indices.dropFirst(8) { $0[index] ^= 1 } }
        let summary = try await backUp(after: 60)
        #expect(summary.notes.contains { $0.contains("cannot be read") })
        #expect(try await cluster.contents(summary.snapshot) == expected)
    }

    @Test("a base of which nobody knows where it is damaged is none") func unknown() async throws {
        let first = try await backUp(after: 0).snapshot
        try await cluster.repository.append(to: first, at: cluster.time, by: "x") { _ in .damaged(detail: "somewhere") }
        let second = try await backUp(after: 60)
        #expect(second.header.base == nil && second.baseNotes.contains { $0.contains("somewhere") })
        try await cluster.repository.append(to: second.snapshot, at: cluster.time, by: "x") { _ in .damaged(detail: "was") }
        try await cluster.repository.append(to: second.snapshot, at: cluster.time, by: "x") { _ in .sound }
        #expect(try await backUp(after: 120).header.base == second.snapshot)
    }

    @Test("what a check finds is written down with the packs that are bad, and again only where there is more")
    func recorded() async throws {
        let first = try await backUp(after: 0).snapshot
        let packs = try await packs(of: first)
        let repair = CheckRepository(repository: cluster.repository)
        for (count, pack) in packs.prefix(2).enumerated() {
            try await cluster.store.delete(pack.name)
            for _ in 0..<2 { #expect(try await repair.record(check(), at: cluster.time, by: "admin")) }
            let log = try #require(try await cluster.repository.readSnapshot(first)).log
            #expect(log.length == 3 + count)
            #expect(log.damage?.packs.map(Set.init) == Set(packs.prefix(count + 1).map(\.id)))
        }
    }
}
