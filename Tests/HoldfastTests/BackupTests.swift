import Foundation
import Holdfast
import HoldfastFormat
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
            let bytes = random.bytes(count)
            try source.write(bytes, to: name)
            expected["\(source.path)/\(name)"] = bytes
        }
        let summary = try await cluster.backUp(cluster.request([source.path]))
        #expect(summary.problems.isEmpty)
        #expect(try await cluster.contents(summary.snapshot) == expected)
    }

    @Test("unchanged files are not read again, and store nothing")
    func unchanged() async throws {
        let cluster = try await TestCluster()
        // Files that are old: young ones are read again, since a change could have kept their times.
        let source = "/usr/share/zoneinfo"
        let first = try await cluster.backUp(cluster.request([source]))
        let second = try await cluster.backUp(cluster.request([source], after: 60))
        #expect(first.figures.bytesRead > 0)
        #expect(second.header.base == first.snapshot)
        #expect(second.figures.bytesRead == 0)
        #expect(second.figures.bytesStored == 0)
        #expect(try await cluster.contents(first.snapshot) == cluster.contents(second.snapshot))
    }

    @Test(
        "a path that is a link is named each time, with where it leads; links above a path and in one are not",
        arguments: [false, true])
    func linkedRoot(isDatabase: Bool) async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "real/rows")
        try source.write([1], to: "plain/f")
        for (link, target) in [("data", "real"), ("plain/inner", "../real"), ("above", "plain")] {
            try FileManager.default.createSymbolicLink(atPath: "\(source.path)/\(link)", withDestinationPath: target)
        }
        for seconds: Int64 in [0, 60] {
            var request = cluster.request(["data", "plain", "above/f"].map { "\(source.path)/\($0)" }, after: seconds)
            if isDatabase { request.kind = .database }
            let notes = try await cluster.backUp(request).notes.filter { $0.contains("symbolic link") }
            #expect(
                notes.count == 1 && notes.allSatisfy { $0.contains("\(source.path)/data ") && $0.contains(" real,") }, "\(notes)")
        }
    }

    @Test("a time that no listing can hold is named, with how many there are")
    func distantTimes() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        let distant = Date(timeIntervalSince1970: 13_569_465_600)
        for name in ["a", "b", "now"] { try source.write([1], to: name) }
        for name in ["a", "b"] {
            let path = source.path + "/" + name
            try FileManager.default.setAttributes([.modificationDate: distant], ofItemAtPath: path)
            guard try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date == distant else {
                return print("NOT TESTED: no such times here")
            }
        }
        for seconds: Int64 in [0, 60] {
            let notes = try await cluster.backUp(cluster.request([source.path], after: seconds)).notes
            #expect(notes.contains { $0.contains("\(source.path)/a") && $0.contains("2 ") && $0.contains("2262") }, "\(notes)")
        }
    }

    @Test("an interrupted backup goes on under its id and stores nothing twice")
    func resumed() async throws {
        let cluster = try await TestCluster()
        let source = "/usr/share/zoneinfo"
        let open = try await cluster.interruptAtCheckpoint([source])
        let resumed = try await cluster.backUp(cluster.request([source], after: 60))
        #expect(resumed.isResumed)
        #expect(open.id == resumed.snapshot)
        let fresh = try await TestCluster()
        let whole = try await fresh.backUp(fresh.request([source]))
        #expect(resumed.figures.bytesNew < whole.figures.bytesNew)
        #expect(try await cluster.contents(resumed.snapshot) == fresh.contents(whole.snapshot))
    }

    @Test("a snapshot is one step behind its base in their lineage, interrupted or not", arguments: [false, true])
    func sequence(hasBase: Bool) async throws {
        let cluster = try await TestCluster()
        if hasBase { _ = try await cluster.backUp(cluster.request(["/usr/share/zoneinfo/Africa"])) }
        _ = try await cluster.interruptAtCheckpoint(["/usr/share/zoneinfo"])
        let resumed = try await cluster.backUp(cluster.request(["/usr/share/zoneinfo"], after: 60))
        #expect(resumed.isResumed && (resumed.header.base != nil) == hasBase)
        #expect(try await cluster.open(resumed.snapshot).body.lineage.sequence == (hasBase ? 1 : 0))
    }

    @Test("W8: one that was fenced while it was interrupted begins under a fresh id, and rests on nothing that it had stored")
    func fenced() async throws {
        let cluster = try await TestCluster()
        let source = "/usr/share/zoneinfo"
        let open = try await cluster.interruptAtCheckpoint([source])
        #expect(try await cluster.repository.abort(open, reason: "silent", at: cluster.time, by: "pruner"))
        let summary = try await cluster.backUp(cluster.request([source], after: 60))
        #expect(summary.snapshot != open.id && !summary.isResumed && summary.header.base == nil)
        let packs = try #require(try await cluster.repository.readSnapshot(summary.snapshot)).packs
        #expect(packs.allSatisfy { $0.owner == summary.snapshot })
        #expect(try await cluster.contents(summary.snapshot).isEmpty == false)
    }

    @Test(
        "one whose key is wrapped does not fail for a checkpoint's, and says so",
        arguments: [FakeKeyManager.Mode.unreachable, .denied])
    func withoutKeys(_ mode: FakeKeyManager.Mode) async throws {
        let cluster = try await TestCluster()
        var request = cluster.request(["/usr/share/zoneinfo"])
        request.checkpointByteCount = 100_000
        // The start record comes after the wrapping.
        let store = GatedStore(cluster.store) { [keyManager = cluster.keyManager] operation, name in
            if operation == .create, name.hasSuffix("/0") { keyManager.set(mode) }
        }
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        let summary = try await Backup(
            repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress()
        ).run(request)
        #expect(summary.notes.count == 1)
        cluster.keyManager.set(.answering)
        #expect(try await cluster.contents(summary.snapshot).isEmpty == false)
    }

    @Test("records that never arrive are sent a few times, and then it ends; one that arrives later is enough")
    func unheard() async throws {
        for (last, isTaken) in [(2, true), (99, false)] {
            let cluster = try await TestCluster()
            let source = try Scratch()
            try source.write([1], to: "a")
            let repository = Repository(
                id: cluster.repository.id, store: DeafStore(cluster.store, deafTo: 1...last), project: "test", cluster: "default")
            let backup = Backup(
                repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
            let request = cluster.request([source.path])
            guard !isTaken else {
                _ = try await backup.run(request)
                continue
            }
            let error = await #expect(throws: HoldfastError.self) { try await backup.run(request) }
            guard case .store(.unavailable) = error else { Issue.record("\(String(describing: error))"); continue }
            let log = await #expect(throws: HoldfastError.self) {
                try await repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .roster([cluster.repository.id]) }
            }
            guard case .store(.unclear) = log else { Issue.record("\(String(describing: log))"); continue }
        }
    }

    @Test("a writer that commits after its snapshot was purged says so, and takes its manifest back")
    func lateCommit() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "a")
        let store = GatedStore(cluster.store) { operation, name in
            guard operation == .create, name.hasSuffix("/1"), name.hasPrefix("snapshots/") else { return }
            ObjectName(listed: name.dropLast(1) + "0").map(cluster.store.lose)
        }
        let backup = Backup(
            repository: Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default"),
            keys: cluster.keys, witness: cluster.witness, progress: BackupProgress())
        let error = await #expect(throws: HoldfastError.self) { try await backup.run(cluster.request([source.path])) }
        guard case .lostRace = error else { Issue.record("\(String(describing: error))"); return }
        #expect(!cluster.store.names.contains { $0.text.hasPrefix("snapshots/") })
    }

    @Test("a writer that was given up says so, whatever it is that failed by that")
    func givenUp() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "a")
        let (repository, time) = (cluster.repository, cluster.time)
        let gate = Gate(Fault(.create, at: 2, .before))
        let store = GatedStore(cluster.store, gate) { operation, name in
            guard operation == .create, name.hasPrefix("packs/") else { return }
            do {
                let open = try #require(await repository.readSnapshots().first)
                #expect(try await repository.abort(open, reason: "its writer was silent", at: time, by: "prune"))
            } catch {
                Issue.record("\(error)")
            }
        }
        let backup = Backup(
            repository: Repository(id: repository.id, store: store, project: "test", cluster: "default"), keys: cluster.keys,
            witness: cluster.witness, progress: BackupProgress())
        let error = await #expect(throws: HoldfastError.self) { try await backup.run(cluster.request([source.path])) }
        #expect(gate.hasStruck)
        guard case .lostRace = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test("a file moved within the source stores none of its bytes again")
    func moved() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        var random = SeededRandom(seed: 2)
        let bytes = random.bytes(5_000_000)
        try source.write(bytes, to: "old")
        _ = try await cluster.backUp(cluster.request([source.path]))
        let other = try Scratch()
        try other.write(bytes, to: "new")
        let second = try await cluster.backUp(cluster.request([other.path], after: 60))
        #expect(second.figures.bytesRead == 5_000_000)
        #expect(second.figures.bytesNew == 0)
    }
}
