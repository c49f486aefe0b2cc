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
        let second = try #require(CMK("fake:2"))
        let id: SnapshotID = Random.id()
        let junk = Random.secret()
        let context = try cluster.repository.context(of: id, cluster: "default", node: "node", kind: .manifest)
        let envelope = try await cluster.keys.wrap(junk, under: second, context: context)
        try await cluster.forge(id, at: cluster.time + 30, barrier: 4, keyLogPosition: 1000, envelope: envelope)
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

    @Test("makes every CMK unknown as long as somebody is at work who had read more of it, though no snapshot was taken since")
    func atWork() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.check(fixture.K1).exitCode == 0)
        let position = try await fixture.logs()[0].position
        let open = try await fixture.start(in: 0, position: position + 1)
        let report = try await fixture.check(fixture.K1, fixture.K3)
        #expect(report.exitCode == 21)
        _ = try await fixture.repositories[0].append(to: open.id, at: fixture.time, by: "admin") { _ in .aborted(reason: "unlock")
        }
        #expect(try await fixture.check(fixture.K1).exitCode == 0)
    }

    @Test("withdraws no announcement: that would stand in the place of what is to be put back")
    func announced() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.delete(fixture.K1).dates != nil)
        let digests = try await fixture.repositories[0].readKeyLog().digests
        // The home log keeps the announcement and loses the approval.
        let approval = try #require(
            try await fixture.logs()[0].records.first { if case .approve = $0.event { true } else { false } })
        for n in approval.n..<digests.count { fixture.stores[0].lose(.keyRecord(n)) }
        let before = try await fixture.logs()
        let memory = WitnessedKeyLog(of: digests)
        let project = ProjectRepositories(
            fixture.repositories.map { repository in
                .init(
                    repository,
                    memory: {
                        repository.id == fixture.repositories[0].id
                            ? WitnessMemory(repository: repository.id, keyLog: memory) : nil
                    },
                    keyLogMemory: { repository.id == fixture.repositories[0].id ? memory : nil })
            })
        #expect(try await fixture.delete(fixture.K1, in: project).dates == nil)
        #expect(try await fixture.logs() == before)
    }

    @Test("and what was promised there, is missed by whatever this machine does by hand to snapshots")
    func promised() async throws {
        let promise = Compliance(minKeep: Period(days: 60), grace: Period(days: 7), keepMin: 1)
        try await PromiseCompliance(cluster.repository, witness: cluster.witness).run(promise, at: cluster.time, by: "admin")
        let watch = WitnessWatch(cluster.witness, policy: Policy(), at: cluster.time)
        _ = try await ReadRepository(cluster.repository, watch: watch, catalog: nil).run()
        cluster.store.lose(.keyRecord(5))
        let before = cluster.store.names.sorted { $0.text < $1.text }
        let (id, at) = (fresh.snapshot, cluster.time + 86_400)
        let views = try await cluster.repository.readSnapshots()
        let acts: [(Witness?) async throws -> Void] = [
            { [cluster] in
                _ = try await Forget(repository: cluster.repository, witness: $0).run(
                    [id], policy: Policy(), isConfirmed: true, isDryRun: true, at: at, by: "admin")
            },
            { [cluster] in try await SetExpiry(repository: cluster.repository, witness: $0).check(views, among: views, to: at) },
            { [cluster] in _ = try await ApplyPolicy(repository: cluster.repository, witness: $0).plan(Policy()) },
        ]
        for act in acts {
            let error = await #expect(throws: HoldfastError.self) { try await act(cluster.witness) }
            #expect(error.map { "\($0)" } == "the key log has 5 records, and had 6")
            // One that never saw the promise cannot miss it.
            try await act(nil)
        }
        #expect(cluster.store.names.sorted { $0.text < $1.text } == before)
    }

    @Test("and was accepted, has an interrupted snapshot start over that had read more of it, before anything is stored")
    func resumed() async throws {
        var random = SeededRandom(seed: 7)
        try cluster.scratch.write(random.bytes(8_000_000), to: "data/b")
        let open = try await cluster.interruptAtCheckpoint([cluster.scratch.path + "/data"])
        lose(4...4)
        let stranger = try Witness(at: cluster.scratch.path + "/stranger/witness.sqlite", of: cluster.repository.id)
        try stranger.rememberStart(
            open.id, cluster: "default", node: "node", source: "default", at: cluster.time)
        var request = cluster.request([cluster.scratch.path + "/data"], after: 60)
        request.base = .none
        let summary = try await Backup(
            repository: cluster.repository, keys: cluster.keys, witness: stranger, progress: BackupProgress()
        ).run(request)
        #expect(!summary.isResumed && summary.snapshot != open.id)
        #expect(try await cluster.repository.readSnapshot(open.id)?.log.state == .aborted)
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
