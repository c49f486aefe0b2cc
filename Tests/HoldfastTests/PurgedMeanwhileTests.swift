import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("What is purged while somebody is at work on it is no damage")
struct PurgedMeanwhileTests {
    private static func isLostRace(_ error: HoldfastError?) -> Bool { if case .lostRace = error { true } else { false } }

    @Test("a reader that finds a pack gone, and the start record not yet, says that it was purged")
    func reader() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "file")
        let snapshot = try await cluster.open(try await cluster.backUp(cluster.request([source.path])).snapshot)
        for pack in snapshot.packs { try await cluster.store.delete(pack.name) }
        let lost = await #expect(throws: HoldfastError.self) { try await Dump(snapshot).run([]) { _ in } }
        #expect(lost?.isMissing == true)
        try await cluster.repository.append(to: snapshot.id, at: cluster.time, by: "pruner") { _ in .deleting }
        let purged = await #expect(throws: HoldfastError.self) { try await Dump(snapshot).run([]) { _ in } }
        #expect(Self.isLostRace(purged), "\(String(describing: purged))")
    }

    @Test("a writer that was given up, and finds even that record collected, fails cleanly")
    func writer() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2, 3], to: "file")
        let store = GatedStore(cluster.store) { operation, name in
            guard operation == .read, name.hasSuffix("/1"), name.hasPrefix("snapshots/") else { return }
            for name in cluster.store.names where name.text.hasPrefix("snapshots/") { cluster.store.lose(name) }
        }
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        var request = cluster.request([source.path])
        request.beforeCommit = { (_) throws(HoldfastError) in
            for view in try await cluster.repository.readSnapshots() {
                _ = try await cluster.repository.abort(view, reason: "silent", at: cluster.time, by: "pruner")
            }
        }
        let fenced = request
        let backup = Backup(repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
        let error = await #expect(throws: HoldfastError.self) { try await backup.run(fenced) }
        #expect(Self.isLostRace(error), "\(String(describing: error))")
    }
}

extension HoldfastError {
    fileprivate var isMissing: Bool { if case .missing = self { true } else { false } }
}
