import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Reading a repository through the catalog")
struct LookReadingTests {
    private func catalog(_ cluster: TestCluster) -> Catalog {
        Catalog(at: cluster.scratch.path + "/catalog/catalog.sqlite", of: cluster.repository.id)
    }

    private func condemn(_ id: SnapshotID, in cluster: TestCluster) async throws {
        let purgeAfter = cluster.time + 1
        try await cluster.repository.append(to: id, at: cluster.time, by: "test") { _ in
            .condemned(rule: "test", purgeAfter: purgeAfter)
        }
    }

    @Test("the second reading says the same, and follows what was condemned, taken and purged meanwhile")
    func follows() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "a")
        let first = try await cluster.backUp(cluster.request([source.path]))
        let second = try await cluster.backUp(cluster.request([source.path], after: 60))
        let catalog = catalog(cluster)
        for _ in 0..<2 {
            let views = try await cluster.repository.readSnapshots(catalog: catalog)
            let plain = try await cluster.repository.readSnapshots()
            #expect(views.map(\.log) == plain.map(\.log))
            #expect(views.map(\.sum) == plain.map(\.sum))
            #expect(views.map(\.lastDigest) == plain.map(\.lastDigest))
        }
        try await condemn(first.snapshot, in: cluster)
        let third = try await cluster.backUp(cluster.request([source.path], after: 120))
        for n in 0...1 { try await cluster.store.delete(.record(n, of: second.snapshot)) }
        let views = try await cluster.repository.readSnapshots(catalog: catalog)
        #expect(Set(views.map(\.id)) == [first.snapshot, third.snapshot])
        #expect(views.first { $0.id == first.snapshot }?.log.state == .trash)
    }

    @Test("a snapshot that vanished uncondemned is an alarm, each time, until it is accepted")
    func alarm() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "a")
        let id = try await cluster.backUp(cluster.request([source.path])).snapshot
        var watch = WitnessWatch(cluster.witness, policy: Policy(), at: cluster.time)
        let read = ReadRepository(cluster.repository, watch: watch, catalog: catalog(cluster))
        #expect(try await read.run().alarms.isEmpty)
        for n in 0...1 { try await cluster.store.delete(.record(n, of: id)) }
        for _ in 0..<2 { #expect(try await read.run().alarms == [.snapshotGone(id)]) }
        watch.accepting = [.snapshot(id)]
        _ = try await ReadRepository(cluster.repository, watch: watch, catalog: catalog(cluster)).run()
        #expect(try await read.run().alarms.isEmpty)
    }
}
