import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

/// Somebody who may delete in the store took the last records away, or an older copy of it was put back.
@Suite("A key log that has lost its end")
struct ShortenedKeyLogTests {
    /// A snapshot was taken under the second CMK, behind a barrier; the first one is retired.
    private let cluster: TestCluster
    private let first: CMK
    private let fresh: BackupSummary

    init() async throws {
        cluster = try await TestCluster()
        first = try #require(CMK("fake:1"))
        let description = RepositoryDescription(repository: cluster.repository.id, created: cluster.time)
        try await cluster.store.create(.repository, description.encoded)
        try cluster.scratch.write([1, 2, 3], to: "data/a")
        let second = cluster.keyManager.createCMK()
        for event in [KeyRecord.Event.activate(second), .retire(first), .barrier] {
            try await cluster.repository.appendToKeyLog(at: cluster.time, by: "admin") { _ in event }
        }
        fresh = try await cluster.backUp(cluster.request([cluster.scratch.path + "/data"]))
    }

    /// What a further backup says that takes no snapshot.
    private func refusal(of base: BackupRequest.Base, by witness: Witness) async -> String? {
        var request = cluster.request([cluster.scratch.path + "/data"], after: 60)
        request.base = base
        let (backup, due) = (
            Backup(repository: cluster.repository, keys: cluster.keys, witness: witness, progress: BackupProgress()), request
        )
        let error = await #expect(throws: HoldfastError.self) { try await backup.run(due) }
        return error.map { "\($0)" }
    }

    private func lose(_ numbers: ClosedRange<Int>) { for n in numbers { cluster.store.lose(.keyRecord(n)) } }

    @Test("W14: takes no snapshot of a machine that has seen more of it, though it did nothing but back up", arguments: [2, 4])
    func backup(firstLost: Int) async throws {
        lose(firstLost...4)
        let before = cluster.store.names.sorted { $0.text < $1.text }
        let words = await refusal(of: .remembered, by: cluster.witness)
        #expect(words == "the key log has \(firstLost) records, and had 5")
        #expect(cluster.store.names.sorted { $0.text < $1.text } == before)
    }

    @Test("takes none either where other records stand in their places")
    func forked() async throws {
        lose(4...4)
        try await cluster.repository.appendToKeyLog(at: cluster.time + 1, by: "somebody") { _ in .roster([cluster.repository.id])
        }
        let words = await refusal(of: .remembered, by: cluster.witness)
        #expect(words == "record 4 of the key log is another one than before")
    }

    @Test("is found by a machine that has seen nothing, in what the base's writer had read")
    func base() async throws {
        lose(4...4)
        let stranger = try Witness(at: cluster.scratch.path + "/stranger/witness.sqlite", of: cluster.repository.id)
        let words = await refusal(of: .anyOfSource, by: stranger)
        #expect(words == "keys/4 is missing, needed for snapshot \(fresh.snapshot)")
    }

    @Test("is an error of check, which names the record")
    func check() async throws {
        lose(3...4)
        let errors = try await CheckRepository(repository: cluster.repository).run(CheckRequest(.structure, seed: 0)).errors
        #expect(errors.map(\.kind) == [.keyLog] && errors.first?.object == ObjectName.keyRecord(3).text)
        #expect(errors.first?.message.contains(fresh.snapshot.short) == true)
    }

    @Test("makes every CMK unknown, for the next record may have brought it back")
    func deletionCheck() async throws {
        let project = ProjectRepositories([.init(cluster.repository, memory: { nil })])
        let check = CheckKeys(project, keys: cluster.keys)
        #expect(try await check.run([first], proving: true, at: cluster.time).exitCode == 0)
        lose(4...4)
        #expect(try await check.run([first], proving: true, at: cluster.time).exitCode == 21)
    }

    @Test("is not seen in one that grows while the snapshots are listed")
    func growing() async throws {
        let hasGrown = Mutex(false)
        let cluster = cluster
        let store = GatedStore(cluster.store) { operation, name in
            let isDue = hasGrown.withLock { hasGrown in
                defer { if operation == .list, name.hasPrefix("snapshots") { hasGrown = true } }
                return operation == .list && name.hasPrefix("snapshots") && !hasGrown
            }
            guard isDue else { return }
            do {
                try await cluster.repository.appendToKeyLog(at: cluster.time, by: "admin") { _ in .barrier }
                _ = try await cluster.backUp(cluster.request([cluster.scratch.path + "/data"], after: 60))
            } catch {
                Issue.record(error)
            }
        }
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let result = try await CheckRepository(repository: repository).run(CheckRequest(.structure, seed: 0))
        #expect(result.errors.isEmpty && result.checked.snapshots == 2)
    }
}
