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

    /// A machine that remembers what this one has seen, or nothing.
    private func project(remembers: Bool = true) -> ProjectRepositories {
        let witness = cluster.witness
        return ProjectRepositories([
            .init(
                cluster.repository,
                keyLogMemory: { () throws(HoldfastError) in
                    guard remembers else { return nil }
                    do throws(WitnessError) { return try witness.keyLog() } catch { throw .witness(error) }
                })
        ])
    }

    @Test(
        "W14: is appended to by nothing on a machine that has seen more of it: what was retired would be active again",
        arguments: ["rotate", "retire", "init", "rewrap"])
    func append(command: String) async throws {
        lose(3...4)
        let before = cluster.store.names.sorted { $0.text < $1.text }
        let (project, keys, time) = (project(), cluster.keys, cluster.time)
        let second = try #require(CMK("fake:2"))
        let third = cluster.keyManager.createCMK()
        let error = await #expect(throws: HoldfastError.self) {
            switch command {
            case "rotate": _ = try await RotateKey(project, keys: keys).run(to: first, at: time, by: "admin")
            case "retire": try await RetireKey(project, keys: keys).run(third, at: time, by: "admin")
            case "rewrap":
                _ = try await RewrapSnapshots(project, keys: keys).run(.init(from: second, to: first), at: time, by: "admin") {
                    _ in
                }
            default:
                _ = try await InitializeRepository(besides: project, keys: keys).run(
                    store: MemoryStore(), project: "test", cluster: "new", activate: first, at: time, by: "admin")
            }
        }
        #expect(error.map { "\($0)".contains("the key log has 3 records, and had 5") } == true, "\(String(describing: error))")
        #expect(cluster.store.names.sorted { $0.text < $1.text } == before)
    }

    @Test("W14: a snapshot that nothing proves, and that claims to have read more, keeps no other host from its base")
    func forgedBase() async throws {
        let id: SnapshotID = Random.id()
        let junk = Random.secret()
        let start = SnapshotRecord(
            n: 0, at: cluster.time, by: "node",
            event: .start(SnapshotStart(cluster: "default", node: "node", source: "default", base: nil, keyLogPosition: 1000)))
        let record = try SnapshotRecordCodec.encode(start, repository: cluster.repository.id, snapshot: id, prev: nil)
        try await cluster.store.create(.record(0, of: id), record)
        let second = try #require(CMK("fake:2"))
        let context = try cluster.repository.context(of: id, cluster: "default", node: "node", kind: .manifest)
        let header = ManifestHeader(
            start: SHA256.hash(record.span), cluster: "default", node: "node", source: "default", time: cluster.time + 30,
            started: cluster.time, finished: cluster.time, expires: nil, base: nil, barrier: 4, keyLogPosition: 1000,
            bytesRead: 0,
            bytesNew: 0, bytesStored: 0, files: 0, incomplete: 0,
            envelopes: [try await cluster.keys.wrap(junk, under: second, context: context)], tool: "test")
        let body = ManifestBody(
            packKeys: PackKeys(), lineage: Lineage(cutting: .content), nextPackNumber: 1, parent: nil,
            source: SourceDescription(name: "default", paths: [], kind: .files, listing: [], entryCount: 0, byteCount: 0),
            barrier: 4)
        let key = Random.secret()
        try await cluster.store.create(
            .record(1, of: id),
            Manifest.seal(header: header, body: body, repository: cluster.repository.id, snapshot: id, key: key))
        var request = cluster.request([cluster.scratch.path + "/data"], after: 60)
        request.base = .anyOfSource
        let summary = try await cluster.backUp(request)
        #expect(try await cluster.open(summary.snapshot).header.base == fresh.snapshot)
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
