import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Snapshots that the store keeps from being deleted")
struct BackupLockTests {
    private static let day: Int64 = 86_400

    private static func cluster(locks: Bool = true) async throws -> TestCluster {
        try await TestCluster(store: MemoryStore(clock: ManualClock(Timestamp(seconds: 1_800_000_000)), locksObjects: locks))
    }

    private static func request(
        in cluster: TestCluster, days: Int64?, after seconds: Int64 = 0
    ) -> BackupRequest {
        var request = cluster.request([cluster.scratch.path + "/data"], after: seconds)
        request.expires = days.map { request.time + $0 * day }
        return request
    }

    private static func packs(_ cluster: TestCluster, of id: SnapshotID) async throws -> [PackEntry] {
        try await cluster.repository.readSnapshot(id)?.packs ?? []
    }

    @Test("its records are locked until it expires, and its packs for a day more; its checkpoint is not")
    func locked() async throws {
        let cluster = try await Self.cluster()
        try cluster.scratch.write([UInt8](repeating: 7, count: 100_000), to: "data/a")
        let summary = try await cluster.backUp(Self.request(in: cluster, days: 30))
        let expires = cluster.time + 30 * Self.day
        #expect(summary.header.lock == SnapshotLock(until: expires, packsUntil: expires + Self.day))
        #expect(try await cluster.open(summary.snapshot).header.lock == summary.header.lock)
        for n in 0...1 { #expect(cluster.store.lock(on: .record(n, of: summary.snapshot)) == expires) }
        let packs = try await Self.packs(cluster, of: summary.snapshot)
        #expect(!packs.isEmpty && packs.allSatisfy { cluster.store.lock(on: $0.name) == expires + Self.day })
    }

    @Test("nothing is locked by a store that is not asked to, nor of a snapshot without a date", arguments: [true, false])
    func unlocked(locks: Bool) async throws {
        let cluster = try await Self.cluster(locks: locks)
        try cluster.scratch.write([1], to: "data/a")
        let summary = try await cluster.backUp(Self.request(in: cluster, days: locks ? nil : 30))
        #expect(summary.header.lock == nil)
        #expect(cluster.store.names.allSatisfy { cluster.store.lock(on: $0) == nil })
    }

    @Test("a later snapshot keeps the packs that it refers to for as long as itself")
    func extended() async throws {
        let cluster = try await Self.cluster()
        try cluster.scratch.write([UInt8](repeating: 7, count: 100_000), to: "data/a")
        let first = try await cluster.backUp(Self.request(in: cluster, days: 7))
        let second = try await cluster.backUp(Self.request(in: cluster, days: 300, after: 3600))
        let packs = try await Self.packs(cluster, of: second.snapshot)
        #expect(packs.contains { $0.owner == first.snapshot })
        let expires = cluster.time + 3600 + 300 * Self.day
        #expect(packs.allSatisfy { cluster.store.lock(on: $0.name) ?? cluster.time >= expires })
        // The first one's manifest is nobody else's business.
        #expect(cluster.store.lock(on: .record(1, of: first.snapshot)) == cluster.time + 7 * Self.day)
    }

    @Test("a snapshot that its base covers asks for nothing, and its own packs are not kept for as long as the base's")
    func covered() async throws {
        let cluster = try await Self.cluster()
        try cluster.scratch.write([UInt8](repeating: 7, count: 100_000), to: "data/a")
        let yearly = try await cluster.backUp(Self.request(in: cluster, days: 300))
        let calls = cluster.store.packLockCalls
        try cluster.scratch.write([UInt8](repeating: 9, count: 100_000), to: "data/b")
        let daily = try await cluster.backUp(Self.request(in: cluster, days: 7, after: 3600))
        #expect(cluster.store.packLockCalls == calls)
        let expires = cluster.time + 3600 + 7 * Self.day
        #expect(daily.header.lock == SnapshotLock(until: expires, packsUntil: expires + Self.day))
        for pack in try await Self.packs(cluster, of: daily.snapshot) {
            let lock = cluster.store.lock(on: pack.name)
            #expect(
                pack.owner == yearly.snapshot ? lock == cluster.time + 301 * Self.day : lock == daily.header.lock?.packsUntil)
        }
    }

    @Test("a day of hourly snapshots extends the locks of the packs that they share but once")
    func hourly() async throws {
        let cluster = try await Self.cluster()
        try cluster.scratch.write([UInt8](repeating: 7, count: 100_000), to: "data/a")
        var calls: [Int] = []
        for hour in 0...26 {
            let summary = try await cluster.backUp(Self.request(in: cluster, days: 7, after: Int64(hour) * 3600))
            for pack in try await Self.packs(cluster, of: summary.snapshot) {
                #expect(try #require(cluster.store.lock(on: pack.name)) >= cluster.time + Int64(hour) * 3600 + 7 * Self.day)
            }
            calls.append(cluster.store.packLockCalls)
        }
        #expect(calls[24] == 0 && calls[26] > 0)
    }

    @Test("an interrupted snapshot that goes on keeps what it had stored before for as long as the rest")
    func resumed() async throws {
        let cluster = try await Self.cluster()
        let source = "/usr/share/zoneinfo"
        var request = cluster.request([source])
        request.expires = request.time + Self.day
        await cluster.interruptAtCheckpoint(request)
        let resumed = try await cluster.backUp(cluster.request([source], after: 60))
        #expect(resumed.isResumed)
        for pack in try await Self.packs(cluster, of: resumed.snapshot) {
            #expect(try #require(cluster.store.lock(on: pack.name)) >= cluster.time + 60 + 30 * Self.day)
        }
        // Without record 0 a manifest is void.
        for n in 0...1 { #expect(cluster.store.lock(on: .record(n, of: resumed.snapshot)) == resumed.header.expires) }
    }

    @Test("a promise that comes while it is taken moves every lock along with the expiry")
    func promised() async throws {
        let cluster = try await Self.cluster()
        try cluster.scratch.write([UInt8](repeating: 7, count: 100_000), to: "data/a")
        var request = Self.request(in: cluster, days: 7)
        let promise = Compliance(minKeep: try #require(Period("90 days")), grace: Policy().grace, keepMin: 1)
        let (repository, time) = (cluster.repository, cluster.time)
        request.beforeCommit = { (_) throws(HoldfastError) in
            try await repository.appendToKeyLog(at: time, by: "admin") { _ in .compliance(promise) }
        }
        let summary = try await cluster.backUp(request)
        let expires = cluster.time + 90 * Self.day
        #expect(summary.header.expires == expires && summary.header.lock?.until == expires)
        for n in 0...1 { #expect(cluster.store.lock(on: .record(n, of: summary.snapshot)) == expires) }
        for pack in try await Self.packs(cluster, of: summary.snapshot) {
            #expect(try #require(cluster.store.lock(on: pack.name)) >= expires)
        }
    }

    @Test("a base whose header claims locks that its store does not have is no base")
    func copied() async throws {
        let cluster = try await Self.cluster()
        try cluster.scratch.write([UInt8](repeating: 7, count: 100_000), to: "data/a")
        _ = try await cluster.backUp(Self.request(in: cluster, days: 300))
        cluster.store.loseLocks()
        let next = try await cluster.backUp(Self.request(in: cluster, days: 7, after: 3600))
        #expect(next.header.base == nil && next.baseNotes.contains { $0.contains("does not keep it") }, "\(next.baseNotes)")
        #expect(try await Self.packs(cluster, of: next.snapshot).allSatisfy { cluster.store.lock(on: $0.name) != nil })
    }
}
