import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

/// The machines here remember nothing: the header of one snapshot alone tells that there was more.
@Suite("A key log that ends before what a snapshot's writer had read of it")
struct LostPromiseTests {
    private let yard: PruneYard
    /// Past its date, and taken before the promise.
    private let old: SnapshotID
    /// Its writer had read the promise, which is lost.
    private let witness: SnapshotID
    private let promise: [UInt8]

    init() async throws {
        var yard = try await PruneYard()
        old = try await yard.snapshot(expiresInDays: 1)
        try await yard.promise(minKeepDays: 100)
        yard.keyLogPosition = 1
        witness = try await yard.snapshot(expiresInDays: 300)
        yard.keyLogPosition = 0
        _ = try await yard.snapshot(expiresInDays: 300)
        promise = try await yard.store.read(.keyRecord(1))
        yard.store.lose(.keyRecord(1))
        yard.advance(days: 20)
        self.yard = yard
    }

    private func forget(_ id: SnapshotID, isConfirmed: Bool) async throws {
        _ = try await Forget(repository: yard.repository).run(
            [id], policy: yard.policy, isConfirmed: isConfirmed, at: yard.now, by: "admin")
    }

    @Test(
        "W14: stops prune, confirmed or not, which names the record; put back, it is obeyed", arguments: [false, true],
        [false, true])
    func prune(isConfirmed: Bool, isDryRun: Bool) async throws {
        let result = try await yard.prune { ($0.isConfirmed, $0.isDryRun) = (isConfirmed, isDryRun) }
        #expect(result.condemned.isEmpty && result.purged.isEmpty && result.packsDeleted == 0)
        #expect(result.stopped.map(\.object) == ["keys/1"])
        let message = result.stopped.first?.message ?? ""
        #expect(message.contains(witness.short) && message.contains("check --accept key-log"), "\(message)")
        #expect(try await yard.view(old)?.log.state == .live)
        try await yard.store.create(.keyRecord(1), promise)
        let whole = try await yard.prune()
        #expect(whole.stopped.isEmpty && whole.condemned.isEmpty)
        yard.advance(days: 90)
        #expect(try await yard.prune().condemned == [old])
    }

    @Test("stops forget, but for the snapshot that tells of it, of which a person says yes: then nothing is missed any more")
    func forget() async throws {
        for isConfirmed in [false, true] {
            await #expect(throws: HoldfastError.self) { try await forget(old, isConfirmed: isConfirmed) }
        }
        await #expect(throws: HoldfastError.self) { try await forget(witness, isConfirmed: false) }
        #expect(try await yard.repository.readSnapshots().allSatisfy { $0.log.condemnation == nil })
        try await forget(witness, isConfirmed: true)
        #expect(try await yard.view(witness)?.log.state == .trash)
        #expect(try await yard.prune().condemned == [old])
    }

    @Test("is still missed where a policy, and no person, has condemned the snapshot that tells of it")
    func condemned() async throws {
        try await yard.repository.append(to: witness, at: yard.now, by: "pruner") { [yard] _ in
            .condemned(rule: "rules", purgeAfter: yard.now + 7 * PruneYard.day)
        }
        #expect(try await yard.prune().stopped.map(\.object) == ["keys/1"])
        // A person's word ends it also of what is in the trash already.
        await #expect(throws: HoldfastError.self) { try await forget(old, isConfirmed: true) }
        try await forget(witness, isConfirmed: true)
        #expect(try await yard.prune().stopped.isEmpty)
        #expect(try await yard.view(witness)?.log.state == .trash)
    }

    @Test("ends no promise that stands: what tells of a later record is forgotten no sooner than anything else")
    func standingPromise() async throws {
        try await yard.store.create(.keyRecord(1), promise)
        try await yard.repository.appendToKeyLog(at: yard.now, by: "admin") { _ in .barrier }
        var writer = yard
        writer.keyLogPosition = 2
        let newest = try await writer.snapshot(expiresInDays: 300)
        yard.store.lose(.keyRecord(2))
        #expect(try await yard.prune().stopped.map(\.object) == ["keys/2"])
        await #expect(throws: HoldfastError.self) { try await forget(newest, isConfirmed: true) }
        #expect(try await yard.view(newest)?.log.state == .live)
    }

    @Test("keeps every expiry where it is, by hand and by policy")
    func expiries() async throws {
        let (apply, setting) = (ApplyPolicy(repository: yard.repository), SetExpiry(repository: yard.repository))
        let views = try await yard.repository.readSnapshots()
        await #expect(throws: HoldfastError.self) { try await apply.plan(yard.policy) }
        await #expect(throws: HoldfastError.self) {
            try await apply.run(yard.policy, at: yard.now, by: "admin") { _ in }
        }
        let chosen = views.filter { $0.id == old }
        await #expect(throws: HoldfastError.self) { try await setting.check(chosen, among: views, to: yard.now) }
        try await forget(witness, isConfirmed: true)
        let after = try await yard.repository.readSnapshots()
        try await setting.check(after.filter { $0.id == old }, among: after, to: yard.now)
        #expect(try await apply.plan(yard.policy).isEmpty)
    }

    @Test("is not seen in one that grows while the snapshots are listed")
    func growing() async throws {
        try await yard.store.create(.keyRecord(1), promise)
        var late = yard
        late.keyLogPosition = 2
        let writer = late
        let store = GatedStore(yard.store) { operation, name in
            guard operation == .list, name == "snapshots/", writer.store.names.allSatisfy({ $0.text != "keys/2" }) else { return }
            do {
                try await writer.repository.appendToKeyLog(at: writer.now, by: "admin") { _ in .barrier }
                _ = try await writer.snapshot(expiresInDays: 300)
            } catch {
                Issue.record(error)
            }
        }
        #expect(try await yard.prune(over: store).stopped.isEmpty)
    }
}
