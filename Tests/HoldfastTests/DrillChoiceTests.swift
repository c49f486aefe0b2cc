import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Which snapshots a drill restores")
struct DrillChoiceTests {
    private let cluster: TestCluster
    private let source: Scratch

    init() async throws {
        (cluster, source) = (try await TestCluster(), try Scratch())
        try source.write([1, 2, 3], to: "a")
    }

    private func backUp(_ seconds: Int64, source name: String = "default") async throws -> SnapshotID {
        var request = cluster.request([source.path], after: seconds)
        request.source = name
        return try await cluster.backUp(request).snapshot
    }

    private func choice(
        recovery: Set<CMK> = [], departed: Set<CMK> = [], owed: [SnapshotID: [DrillPart]] = [:]
    ) async throws -> DrillChoice {
        DrillChoice(of: try await cluster.repository.readSnapshots(), recovery: recovery, departed: departed, owed: owed)
    }

    private func rotate(after seconds: Int64) async throws -> CMK {
        let cmk = cluster.keyManager.createCMK()
        try await cluster.repository.appendToKeyLog(at: cluster.time + seconds, by: "test") { _ in .activate(cmk) }
        return cmk
    }

    private func active() async throws -> CMK { try #require(try await cluster.repository.readKeyLog().log.active) }

    @Test("the newest of each source, and of an old CMK the newest that only it opens")
    func oldCMK() async throws {
        let old = try await active()
        _ = try await backUp(0)
        let lastOfOld = try await backUp(60)
        let new = try await rotate(after: 100)
        _ = try await backUp(120)
        let (newest, other) = (try await backUp(180), try await backUp(10, source: "other"))
        let turns = try await choice().turns
        #expect(turns.map(\.view.id) == [newest, other, lastOfOld])
        #expect(turns.map(\.cmks) == [[new], [new], [old]] && turns.map(\.isForCMK) == [false, false, true])
        #expect(turns.map(\.subject) == ["node/default", "node/other", old.uri])
    }

    @Test(
        "of what was rewrapped the CMK that is left has its turn, once the first is deleted; what that shows need not be shown again"
    )
    func rewrapped() async throws {
        let first = try await active()
        _ = try await backUp(0)
        let rewrapped = try await backUp(60)
        let second = try await rotate(after: 100)
        let project = ProjectRepositories([.init(cluster.repository)])
        _ = try await RewrapSnapshots(project, keys: cluster.keys).run(
            .init(from: first, to: second), at: cluster.time + 110, by: "test"
        ) { _ in }
        let third = try await rotate(after: 120)
        let newest = try await backUp(180)
        let both = try await choice().turns
        #expect(both.map(\.view.id) == [newest, rewrapped] && both.map(\.cmks) == [[third], [first, second]])
        let left = try await choice(departed: [first]).turns
        #expect(left.map(\.view.id) == [newest, rewrapped] && left.map(\.cmks) == [[third], [second]])
        let gone = try await choice(departed: [first, second, third]).turns
        #expect(gone.map(\.cmks) == [[third], [first, second]])
    }

    @Test("a set of CMKs is not shown again where one of them was, or a part of it")
    func supersets() async throws {
        let first = try await active()
        let second = cluster.keyManager.createCMK()
        var request = cluster.request([source.path])
        request.recovery = [second]
        _ = try await cluster.backUp(request)
        let alone = try await backUp(10)
        _ = try await rotate(after: 100)
        let newest = try await backUp(120)
        #expect(try await choice().turns.map(\.view.id) == [newest, alone])
        #expect(try await choice().turns.last?.cmks == [first])
    }

    @Test("what failed before has its turn again while it is there, in the trash too, and nothing else is taken of it")
    func owed() async throws {
        let old = try await backUp(0)
        let gone = try #require(SnapshotID("3f2a9c0100000000000000000000000a"))
        let newest = try await backUp(60)
        let parts = [DrillPart(.percent(5), at: DrillSweep(key: 1))]
        let owed = [old: parts, gone: parts]
        #expect(try await choice(owed: owed).turns.map(\.view.id) == [newest, old])
        #expect(try await choice(owed: owed).turns.map(\.owed) == [[], parts])
        #expect(try await choice(owed: [newest: parts]).turns.map(\.owed) == [parts])
        _ = try await Forget(repository: cluster.repository).run(
            [old], policy: Policy(), isConfirmed: true, at: cluster.time + 130, by: "test")
        #expect(try await choice(owed: owed).turns.map(\.view.id) == [newest, old])
    }

    @Test("what is in the trash is none, and a snapshot that cannot be read is told and not passed over")
    func trash() async throws {
        let first = try await backUp(0)
        let second = try await backUp(60)
        let third = try await backUp(120)
        _ = try await Forget(repository: cluster.repository).run(
            [third], policy: Policy(), isConfirmed: true, at: cluster.time + 130, by: "test")
        cluster.store.tamper(.record(1, of: second)) { $0[20] ^= 1 }
        let choice = try await choice()
        #expect(choice.turns.map(\.view.id) == [first])
        #expect(choice.unreadable.map(\.id) == [second])
    }

    @Test("a recovery CMK does not open what the daily one should; one that is all there is does")
    func recovery() async throws {
        let daily = try await active()
        let recovery = cluster.keyManager.createCMK()
        var request = cluster.request([source.path])
        request.recovery = [recovery]
        _ = try await cluster.backUp(request)
        let turn = try #require(try await choice(recovery: [recovery]).turns.first)
        #expect(turn.cmks == [daily])
        #expect(try await choice(recovery: [recovery, daily]).turns.first?.cmks == [daily, recovery])
    }
}
