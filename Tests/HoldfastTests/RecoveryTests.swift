import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A recovery CMK")
struct RecoveryTests {
    private let cluster: TestCluster
    private let source: Scratch
    private let recovery: CMK

    init() async throws {
        cluster = try await TestCluster()
        source = try Scratch()
        try source.write([1], to: "a")
        recovery = cluster.keyManager.createCMK()
    }

    private func request(_ paths: [String]? = nil, after seconds: Int64 = 0) -> BackupRequest {
        var request = cluster.request(paths ?? [source.path], after: seconds)
        request.recovery = [recovery]
        return request
    }

    private func retire() async throws {
        let recovery = recovery
        try await cluster.repository.appendToKeyLog(at: cluster.time, by: "test") { _ in .retire(recovery) }
    }

    @Test("wraps where its key manager has it on record: a project file that knows nothing of that repository answers unknown")
    func recorded() async throws {
        let other = Repository(id: Random.id(), store: MemoryStore(), project: "test", cluster: "default")
        let active = cluster.keyManager.createCMK()
        for event in [KeyRecord.Event.roster([other.id]), .activate(active), .retire(recovery)] {
            try await other.appendToKeyLog(at: cluster.time, by: "test") { _ in event }
        }
        let snapshot = try await cluster.backUp(request())
        #expect(snapshot.header.envelopes.contains { $0.cmk == recovery })
        #expect(try await cluster.keyManager.describe(recovery).repositories == [cluster.repository.id])
        let report = try await CheckKeys(ProjectRepositories([.init(other)]), keys: cluster.keys).run(
            [recovery], proving: true, at: cluster.time)
        #expect(report.verdict.answer == .unknown)
    }

    @Test("wraps each snapshot until it is retired, and then none, which is noted")
    func retiredAfterwards() async throws {
        let whole = try await cluster.backUp(request())
        #expect(whole.header.envelopes.contains { $0.cmk == recovery } && !whole.notes.contains { $0.contains("recovery CMK") })
        try await retire()
        let without = try await cluster.backUp(request(after: 60))
        #expect(!without.header.envelopes.contains { $0.cmk == recovery })
        #expect(without.notes.contains { $0.contains("the recovery CMK \(recovery) is retired") })
    }

    @Test("that cannot be put on record wraps nothing: the snapshot is taken without it, and says so")
    func unrecorded() async throws {
        cluster.keyManager.refuse(.recordUse, with: .keyring("/k", detail: "is on a file system that only reads"))
        let snapshot = try await cluster.backUp(request())
        #expect(!snapshot.header.envelopes.contains { $0.cmk == recovery })
        #expect(
            snapshot.notes.contains { $0.contains("the recovery CMK \(recovery) is left out") && $0.contains("only reads") },
            "\(snapshot.notes)")
        #expect(!snapshot.notes.contains { $0.contains("is retired") }, "\(snapshot.notes)")
    }

    @Test("whose key manager does not answer stops a backup, as the active one does")
    func silent() async throws {
        cluster.keyManager.set(.unreachable, for: recovery)
        let error = await #expect(throws: HoldfastError.self) { try await cluster.backUp(request()) }
        guard case .keyManager(.unreachable) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "that is retired is not asked for: it may be disabled, or gone, and backups that still name it go on",
        arguments: [CMKState.disabled, .pendingDeletion, .deleted])
    func retired(state: CMKState) async throws {
        try await retire()
        cluster.keyManager.set(recovery, state)
        let snapshot = try await cluster.backUp(request())
        #expect(snapshot.notes.contains { $0.contains("the recovery CMK \(recovery) is retired") }, "\(snapshot.notes)")
    }

    @Test("that is retired is not asked for by a backup that goes on where another was interrupted either")
    func retiredMeanwhile() async throws {
        await cluster.interruptAtCheckpoint(request(["/usr/share/zoneinfo"]))
        try await retire()
        cluster.keyManager.set(recovery, .disabled)
        let resumed = try await cluster.backUp(request(["/usr/share/zoneinfo"], after: 60))
        #expect(resumed.isResumed && !resumed.header.envelopes.contains { $0.cmk == recovery })
    }
}
