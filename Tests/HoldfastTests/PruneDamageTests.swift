import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Prune in the face of what it cannot read")
struct PruneDamageTests {
    enum Damage: CaseIterable { case manifest, manifestSum, start, laterRecord, unknownKind, truncated }

    @Test("while a log cannot be read no pack goes, and the run names it", arguments: Damage.allCases)
    func noPackGoes(damage: Damage) async throws {
        var yard = try await PruneYard()
        yard.policy.grace = Period(days: 0)
        _ = try await yard.snapshot(expiresInDays: 1)
        let bad = try await yard.snapshot(expiresInDays: 300)
        let dead = try await yard.start()
        _ = try await yard.upload(by: dead)
        try await apply(damage, to: bad, yard)
        yard.advance(days: 3)
        let packs = yard.store.names.filter { $0.text.hasPrefix("packs/") }
        let result = try await yard.prune()
        #expect(result.stopped.map(\.object) == ["snapshots/\(bad)/"])
        #expect(result.stopped.filter(\.isDamage) == result.stopped)
        #expect(result.packsDeleted == 0 && result.purged.isEmpty)
        #expect(yard.store.names.filter { $0.text.hasPrefix("packs/") } == packs)
    }

    @Test(
        "forget, grace and prune then remove it by its log and its owner's listing",
        arguments: Damage.allCases)
    func forgotten(damage: Damage) async throws {
        let yard = try await PruneYard()
        let bad = try await yard.snapshot(expiresInDays: 300)
        let good = try await yard.snapshot(expiresInDays: 300)
        try await apply(damage, to: bad, yard)
        // A record that cannot be read may be a hold: whoever forgets it all the same says so.
        _ = try await Forget(repository: yard.repository).run(
            [bad], policy: yard.policy, isConfirmed: damage == .laterRecord, at: yard.now, by: "admin")
        #expect(try await !yard.prune().stopped.isEmpty)
        yard.advance(days: 7)
        let result = try await yard.prune()
        #expect(result.purged == [bad])
        #expect(result.stopped.isEmpty)
        #expect(yard.remains(of: bad).isEmpty)
        #expect(try await yard.lostPacks().isEmpty)
        #expect(try await yard.view(good)?.log.state == .live)
    }

    @Test("a hold that can no longer be read is not taken for none")
    func unreadableHold() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        _ = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        try await Undelete(repository: yard.repository).run(id, .hold("case-7"), at: yard.now, by: "admin")
        yard.store.tamper(.record(3, of: id)) { $0[20] ^= 1 }
        yard.advance(days: 30)
        #expect(try await yard.prune().purged.isEmpty)
        #expect(try await yard.view(id)?.log.exists == true)
    }

    @Test(
        "what a later version wrote may keep a snapshot: no policy condemns it, and nothing purges it, however long it is due",
        arguments: [true, false])
    func keptByUnknown(isCondemnedBefore: Bool) async throws {
        var yard = try await PruneYard()
        yard.policy.grace = isCondemnedBefore ? Period(days: 7) : Period(days: 0)
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        if isCondemnedBefore { #expect(try await yard.prune().condemned == [id]) }
        try await yard.repository.append(to: id, at: yard.now, by: "newer") { _ in .unknown(kind: "frozen") }
        let before = try await yard.view(id)?.log
        yard.advance(days: 30)
        for _ in 0..<2 {
            let result = try await yard.prune()
            #expect(result.stopped == [.unknownRecord(id, kind: "frozen")])
            #expect(result.condemned.isEmpty && result.purged.isEmpty)
            #expect(try await yard.view(id)?.log == before)
        }
        // As prune says: a person decides.
        let forgotten = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        #expect(forgotten.condemned == [id])
        yard.advance(days: 30)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("what a later version wrote after a person had forgotten a snapshot may keep it again")
    func keptAfterForget() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        _ = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        try await yard.repository.append(to: id, at: yard.now, by: "newer") { _ in .unknown(kind: "frozen") }
        yard.advance(days: 30)
        #expect(try await yard.prune().purged.isEmpty)
        #expect(try await yard.view(id)?.log.exists == true)
    }

    @Test("what cannot be read of a log may be a hold: forget names it, and goes on only where that is confirmed")
    func corruptHold() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .hold("case-7") }
        yard.store.tamper(.record(2, of: id)) { $0[20] ^= 1 }
        let forget = Forget(repository: yard.repository)
        let error = await #expect(throws: HoldfastError.self) {
            try await forget.run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
        guard case .refused(_, "snapshots/\(id)/2", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await yard.view(id)?.log.length == 3)
        #expect(try await forget.run([id], policy: yard.policy, isConfirmed: true, at: yard.now, by: "admin").condemned == [id])
    }

    @Test("under compliance nothing is purged of which the date cannot be read")
    func unreadableUnderCompliance() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.advance(days: 2)
        #expect(try await yard.prune().condemned == [id])
        let promise = Compliance(minKeep: Period(days: 200), grace: yard.policy.grace, keepMin: yard.policy.keepMin)
        try await yard.repository.appendToKeyLog(at: yard.now, by: "admin") { _ in .compliance(promise) }
        try await apply(.manifest, to: id, yard)
        yard.advance(days: 30)
        _ = try await yard.prune()
        #expect(try await yard.view(id)?.log.exists == true)
    }

    @Test("a hold behind a damaged manifest still holds")
    func heldBehindDamage() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .hold("case-7") }
        try await apply(.manifest, to: id, yard)
        await #expect(throws: HoldfastError.self) {
            try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
    }

    @Test(
        "while the store does not read a record nothing is decided by that log, and nothing chained to it: afterwards it is what it was",
        arguments: [1, 2, 3])
    func unreadRecord(n: Int) async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        for name in ["case-7", "case-8"] {
            try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .hold(name) }
        }
        let blind = yard.repository(over: BlindStore(base: yard.store, unread: .record(n, of: id)))
        let forgotten = await #expect(throws: HoldfastError.self) {
            try await Forget(repository: blind).run([id], policy: yard.policy, at: yard.now, by: "admin")
        }
        let name = try #require(HoldName("case-7"))
        let released = await #expect(throws: HoldfastError.self) {
            try await HoldSnapshot(repository: blind).release(name, of: id, at: yard.now, by: "admin")
        }
        guard case .store(.damaged(.record(n, of: id), _)) = released else {
            Issue.record("\(String(describing: released)), \(String(describing: forgotten))")
            return
        }
        let view = try #require(await yard.view(id))
        #expect(view.log.state == .live && view.log.holds == ["case-7", "case-8"] && view.problems.isEmpty)
    }

    @Test(
        "a record that the store does not read is the only one that is told of: what follows it is read as it is",
        arguments: [0, 1, 2])
    func unreadAlone(n: Int) async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        for name in ["case-7", "case-8"] {
            try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .hold(name) }
        }
        let blind = yard.repository(over: BlindStore(base: yard.store, unread: .record(n, of: id)))
        let view = try #require(await blind.readSnapshot(id))
        #expect(Array(view.problems.keys) == [n] && view.log.exists && view.log.holds.contains("case-8"))
        guard case .unreadable = view.log.state else {
            Issue.record("\(view.log.state)")
            return
        }
    }

    @Test("W14: nothing is purged while a record before its condemnation is not read: it may be a hold")
    func unreadBeforeCondemnation() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 300)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .sound }
        _ = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
        yard.advance(days: 30)
        let blind = BlindStore(base: yard.store, unread: .record(2, of: id))
        #expect(try await yard.prune(over: blind).purged.isEmpty)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("a checkpoint that the disk does not show keeps nobody from being fenced and purged; it alone stays, and is named")
    func unreadCheckpoint() async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 300)
        let dead = try await yard.start()
        _ = try await yard.upload(by: dead)
        let checkpoint = ObjectName.checkpoint(dead)
        try await yard.store.replace(checkpoint, [1])
        yard.advance(days: 2)
        let result = try await yard.prune(over: RottenInodeStore(base: yard.store, rotten: checkpoint))
        #expect(result.fenced == [dead] && result.purged == [dead] && result.packsDeleted == 1)
        #expect(result.stopped.map(\.object) == [checkpoint.text] && result.stopped.allSatisfy(\.isDamage))
        #expect(yard.remains(of: dead) == [checkpoint.text])
    }

    @Test("garbage that the disk does not let go of keeps no other from being collected", arguments: ["pack", "record"])
    func stuckGarbage(kind: String) async throws {
        let yard = try await PruneYard()
        _ = try await yard.snapshot(expiresInDays: 300)
        let ids = [try await yard.start(), try await yard.start()]
        var names: [ObjectName] = []
        for id in ids {
            names.append(kind == "pack" ? try await yard.upload(by: id).name : .record(2, of: id))
            if kind == "record" { try await yard.store.create(.record(2, of: id), [1]) }
            try await yard.store.delete(.record(0, of: id))
        }
        let stuck = try #require(names.min())
        for _ in 0..<2 {
            let result = try await yard.prune(over: RottenInodeStore(base: yard.store, rotten: stuck))
            #expect(result.stopped.map(\.object) == [stuck.text])
            #expect(yard.store.names.filter(names.contains) == [stuck])
        }
        #expect(try await yard.prune().stopped.isEmpty)
        #expect(!yard.store.names.contains(stuck))
    }

    private func apply(_ damage: Damage, to id: SnapshotID, _ yard: PruneYard) async throws {
        switch damage {
        case .manifest: yard.store.tamper(.record(1, of: id)) { $0[130] ^= 1 }
        case .manifestSum: yard.store.tamper(.record(1, of: id)) { $0[$0.count - 1] ^= 1 }
        case .truncated: yard.store.tamper(.record(1, of: id)) { $0.removeLast(40) }
        case .start: yard.store.tamper(.record(0, of: id)) { $0[20] ^= 1 }
        case .laterRecord:
            try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .sound }
            yard.store.tamper(.record(2, of: id)) { $0[20] ^= 1 }
        case .unknownKind:
            try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .unknown(kind: "frozen") }
        }
    }
}

/// A disk that does not read one of its objects.
private struct BlindStore: ForwardingStore {
    let base: MemoryStore
    let unread: ObjectName

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard name != unread else { throw .damaged(name, detail: "read: Input/output error") }
        return try await base.read(name, range: range)
    }
}

/// A disk that does not read the inode of one of its objects.
private struct RottenInodeStore: ForwardingStore {
    let base: MemoryStore
    let rotten: ObjectName

    func stat(_ name: ObjectName) async throws(StoreError) -> StoredObject? {
        try requireSound(name)
        return try await base.stat(name)
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        try requireSound(name)
        try await base.delete(name)
    }

    func list(_ prefix: ObjectPrefix) async throws(StoreError) -> [StoredObject] {
        try await base.list(prefix).map { object in
            guard object.name == rotten else { return object }
            return StoredObject(
                name: rotten, byteCount: 0, modified: Timestamp(seconds: 0), problem: .unread("stat: Input/output error"))
        }
    }

    private func requireSound(_ name: ObjectName) throws(StoreError) {
        guard name != rotten || !base.names.contains(name) else { throw .damaged(name, detail: "stat: Input/output error") }
    }
}
