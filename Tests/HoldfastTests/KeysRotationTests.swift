import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A rotation")
struct KeysRotationTests {
    @Test("makes the new CMK active and retires the old one in every cluster")
    func everywhere() async throws {
        let fixture = try await KeysFixture()
        let outcome = try await RotateKey(fixture.project(), keys: fixture.keys).run(
            to: fixture.K2, at: fixture.time, by: "test")
        #expect(outcome.retired == [fixture.K1])
        #expect(outcome.clusters == ["c0", "c1"])
        for log in try await fixture.logs() {
            #expect(log.active == fixture.K2)
            #expect(log.isRetired(fixture.K1))
            #expect(log.newestBarrier == nil)
        }
    }

    @Test("a second time adds nothing; with a barrier, one barrier")
    func idempotent() async throws {
        let fixture = try await KeysFixture()
        let rotation = RotateKey(fixture.project(), keys: fixture.keys)
        for _ in 0..<2 { _ = try await rotation.run(to: fixture.K2, fresh: true, at: fixture.time, by: "test") }
        for log in try await fixture.logs() {
            #expect(log.records.map(\.event).suffix(3) == [.activate(fixture.K2), .barrier, .retire(fixture.K1)])
        }
    }

    @Test("interrupted at any call and then resumed, it stands in every cluster, once", arguments: Fault.Moment.allCases)
    func interrupted(moment: Fault.Moment) async throws {
        var (occurrence, isInterrupted) = (0, true)
        while isInterrupted {
            occurrence += 1
            let fixture = try await KeysFixture()
            let account = FaultyStores(Fault(at: occurrence, moment, isLasting: true))
            let broken = RotateKey(fixture.project(account.wrap), keys: fixture.keys)
            do {
                _ = try await broken.run(to: fixture.K2, fresh: true, at: fixture.time, by: "test")
                isInterrupted = account.hasStruck
            } catch {}
            _ = try await RotateKey(fixture.project(), keys: fixture.keys).run(
                to: fixture.K2, fresh: true, at: fixture.time, by: "other")
            for log in try await fixture.logs() {
                let events = log.records.map(\.event)
                #expect(log.active == fixture.K2)
                #expect(Set(events).count == events.count, "call \(occurrence)")
                #expect(events.suffix(3) == [.activate(fixture.K2), .barrier, .retire(fixture.K1)], "call \(occurrence)")
            }
        }
        #expect(occurrence > 10)
    }

    @Test("that fails in one of several clusters names the cluster, and the same command again finishes it")
    func failedCluster() async throws {
        let fixture = try await KeysFixture()
        let store = fixture.stores[1]
        // At each of its calls in turn, until none is left that could fail.
        var (occurrence, hasFailed) = (0, true)
        while hasFailed {
            occurrence += 1
            let gate = Gate(Fault(at: occurrence, .before, isLasting: true))
            let broken = fixture.project { ($0 as? MemoryStore) === store ? GatedStore($0, gate) : $0 }
            do {
                _ = try await RotateKey(broken, keys: fixture.keys).run(to: fixture.K2, at: fixture.time, by: "test")
                hasFailed = false
            } catch HoldfastError.unfinished(let cluster, _) {
                #expect(cluster == "c1")
            }
        }
        #expect(occurrence > 4)
        for log in try await fixture.logs() { #expect(log.active == fixture.K2) }
    }

    @Test("to a CMK that was retired anywhere, that is announced, or that does not work, is refused and changes nothing")
    func refused() async throws {
        let fixture = try await KeysFixture()
        try await fixture.append([.retire(fixture.K2)], to: fixture.repositories[1])
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K3])
        try await fixture.append([.announce(announcement)], to: fixture.repositories[0])
        fixture.keyManager.set(fixture.cmks[3], .disabled)
        let before = try await fixture.logs()
        for cmk in [fixture.K2, fixture.K3, fixture.cmks[3]] {
            await #expect(throws: HoldfastError.self) { try await fixture.rotate(to: cmk) }
        }
        #expect(try await fixture.logs() == before)
    }

    @Test("without a cluster that a roster names is refused, and changes nothing")
    func missingCluster() async throws {
        let fixture = try await KeysFixture()
        let before = try await fixture.logs()
        await #expect(throws: HoldfastError.self) {
            _ = try await RotateKey(fixture.project(without: 1), keys: fixture.keys).run(
                to: fixture.K2, at: fixture.time, by: "test")
        }
        #expect(try await fixture.logs() == before)
    }

    @Test("a recovery CMK goes on wrapping: a rotation keeps it and says so, and it is not retired while the project file has it")
    func recovery() async throws {
        let fixture = try await KeysFixture()
        let project = fixture.project(recovery: [fixture.K1])
        let outcome = try await RotateKey(project, keys: fixture.keys).run(to: fixture.K2, at: fixture.time, by: "test")
        #expect(outcome.retired == [] && outcome.kept == [fixture.K1])
        await #expect(throws: HoldfastError.self) {
            try await RetireKey(project, keys: fixture.keys).run(fixture.K1, at: fixture.time, by: "test")
        }
        for log in try await fixture.logs() { #expect(!log.isRetired(fixture.K1) && log.active == fixture.K2) }
        try await RetireKey(fixture.project(), keys: fixture.keys).run(fixture.K1, at: fixture.time, by: "test")
        for log in try await fixture.logs() { #expect(log.isRetired(fixture.K1)) }
    }

    @Test("retiring what is active is refused; what is not goes in every cluster, and is never undone")
    func retire() async throws {
        let fixture = try await KeysFixture()
        let retirement = RetireKey(fixture.project(), keys: fixture.keys)
        await #expect(throws: HoldfastError.self) { try await retirement.run(fixture.K1, at: fixture.time, by: "test") }
        try await retirement.run(fixture.K3, at: fixture.time, by: "test")
        for log in try await fixture.logs() { #expect(log.isRetired(fixture.K3)) }
        await #expect(throws: HoldfastError.self) { try await fixture.rotate(to: fixture.K3) }
        let unknown = try #require(CMK("fake:999"))
        await #expect(throws: HoldfastError.self) { try await retirement.run(unknown, at: fixture.time, by: "test") }
    }
}

/// One fault over the calls of several stores together.
private final class FaultyStores: Sendable {
    private let gate: Gate

    init(_ fault: Fault) { gate = Gate(fault) }

    var hasStruck: Bool { gate.hasStruck }

    func wrap(_ store: any ObjectStore) -> any ObjectStore { GatedStore(store, gate) }
}
