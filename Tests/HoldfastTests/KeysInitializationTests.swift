import Holdfast
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A new repository of a project")
struct KeysInitializationTests {
    private func initialize(
        _ fixture: KeysFixture, _ store: any ObjectStore, activate cmk: CMK, others: ProjectRepositories? = nil
    ) async throws -> RepositoryID {
        try await InitializeRepository(besides: others ?? fixture.project(), keys: fixture.keys).run(
            store: store, project: "test", cluster: "new", activate: cmk, at: fixture.time, by: "test"
        ).id
    }

    private func log(of store: MemoryStore, _ id: RepositoryID) async throws -> KeyLog {
        try await Repository(id: id, store: store, project: "test", cluster: "new").readKeyLog().log
    }

    @Test("the first one has a roster of itself and an active CMK")
    func first() async throws {
        let fixture = try await KeysFixture()
        let store = MemoryStore()
        let id = try await initialize(fixture, store, activate: fixture.K3, others: ProjectRepositories([]))
        #expect(try await log(of: store, id).records.map(\.event) == [.roster([id]), .activate(fixture.K3)])
    }

    @Test("one more knows what was retired and announced before anything is active in it, and stands on every roster")
    func another() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        _ = try await fixture.delete(fixture.K3)
        let store = MemoryStore()
        let id = try await initialize(fixture, store, activate: fixture.K2)
        let new = try await log(of: store, id)
        // Whoever comes by before the rest is done learns at once who else there is.
        #expect(new.records.first?.event == .roster((fixture.repositories.map(\.id) + [id]).sorted()))
        #expect(new.records.last?.event == .activate(fixture.K2))
        #expect(new.isRetired(fixture.K1) && new.isRetired(fixture.K3))
        #expect(new.leaving == [fixture.K3])
        #expect(new.roster == Set(fixture.repositories.map(\.id) + [id]))
        for log in try await fixture.logs() { #expect(log.roster.contains(id)) }
    }

    @Test("a retired CMK never becomes active in it; with another it is finished")
    func retired() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let store = MemoryStore()
        await #expect(throws: HoldfastError.self) { _ = try await initialize(fixture, store, activate: fixture.K1) }
        let id = try await initialize(fixture, store, activate: fixture.K2)
        #expect(try await log(of: store, id).active == fixture.K2)
    }

    @Test("added while a deletion is announced and not decided, it takes the announcement and never the CMK")
    func duringDeletion() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K3])
        for repository in fixture.repositories {
            try await fixture.append([.retire(fixture.K3), .announce(announcement)], to: repository)
        }
        let store = MemoryStore()
        await #expect(throws: HoldfastError.self) { _ = try await initialize(fixture, store, activate: fixture.K3) }
        let id = try await initialize(fixture, store, activate: fixture.K2)
        let new = try await log(of: store, id)
        #expect(new.announcements == [announcement])
        // The other hand, whose file lacks the new cluster, can no longer delete: its check says unknown.
        #expect(try await fixture.delete(fixture.K3).report?.exitCode == 21)
    }

    @Test("finished after an approved announcement was withdrawn in it, it comes to an end and says nothing more")
    func withdrawnCopy() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        let store = MemoryStore()
        let id = try await initialize(fixture, store, activate: fixture.K2)
        let announcement = Announcement(id: Random.id(), home: fixture.repositories[0].id, cmks: [fixture.K3])
        let new = Repository(id: id, store: store, project: "test", cluster: "new")
        try await fixture.append([.retire(fixture.K3), .announce(announcement), .withdraw(announcement.id)], to: new)
        for repository in fixture.repositories {
            try await fixture.append([.retire(fixture.K3), .announce(announcement), .approve(announcement.id)], to: repository)
        }
        let before = try await log(of: store, id)
        _ = try await initialize(fixture, store, activate: fixture.K2)
        #expect(try await log(of: store, id) == before)
    }

    @Test("what a second project file of the same name does not know of makes its answer unknown, until it is listed as gone")
    func twoFiles() async throws {
        let fixture = try await KeysFixture()
        let (first, second) = (MemoryStore(), MemoryStore())
        let hidden = try await initialize(fixture, first, activate: fixture.K3, others: ProjectRepositories([]))
        let known = try await initialize(fixture, second, activate: fixture.K3, others: ProjectRepositories([]))
        let members = [ProjectRepositories.Member(Repository(id: known, store: second, project: "test", cluster: "new"))]
        let project = ProjectRepositories(members)
        _ = try await RotateKey(project, keys: fixture.keys).run(to: fixture.K2, at: fixture.time, by: "test")
        let report = try await fixture.check(fixture.K3, of: project)
        #expect(report.exitCode == 21)
        #expect(report.verdict.unknowns.map(\.id) == [hidden.hex])
        #expect(report.verdict.unknowns.map(\.why) == ["used-elsewhere"])
        #expect(try await fixture.delete(fixture.K3, in: project).report?.exitCode == 21)
        #expect(try await fixture.check(fixture.K2, of: project).exitCode == 20)
        let attested = ProjectRepositories(members, gone: [hidden])
        #expect(try await fixture.check(fixture.K3, of: attested).exitCode == 0)
    }

    @Test("where a rotation or a rewrap takes a CMK, its manager has it on record")
    func onRecord() async throws {
        let fixture = try await KeysFixture()
        let all = Set(fixture.repositories.map(\.id))
        #expect(try await fixture.keyManager.describe(fixture.K2).repositories.isEmpty)
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.keyManager.describe(fixture.K2).repositories == all)
        for isDryRun in [true, false] {
            let request = RewrapSnapshots.Request(from: fixture.K1, to: fixture.K3, isDryRun: isDryRun)
            _ = try await RewrapSnapshots(fixture.project(), keys: fixture.keys)
                .run(request, at: fixture.time, by: "test") { _ in }
            #expect(try await fixture.keyManager.describe(fixture.K3).repositories == (isDryRun ? [] : all))
        }
    }

    @Test(
        "interrupted at any call and begun again, it is one repository, as if never interrupted", arguments: Fault.Moment.allCases
    )
    func interrupted(moment: Fault.Moment) async throws {
        var (occurrence, isInterrupted) = (0, true)
        while isInterrupted {
            occurrence += 1
            let fixture = try await KeysFixture()
            try await fixture.rotate(to: fixture.K2)
            let (store, gate) = (MemoryStore(), Gate(Fault(at: occurrence, moment, isLasting: true)))
            do {
                let others = fixture.project { GatedStore($0, gate) }
                _ = try await initialize(fixture, GatedStore(store, gate), activate: fixture.K2, others: others)
                isInterrupted = gate.hasStruck
            } catch {}
            let id = try await initialize(fixture, store, activate: fixture.K2)
            let events = try await log(of: store, id).records.map(\.event)
            #expect(Set(events).count == events.count, "call \(occurrence)")
            #expect(events.last == .activate(fixture.K2))
            for log in try await fixture.logs() { #expect(log.roster.count == 3, "call \(occurrence)") }
        }
        #expect(occurrence > 10)
    }
}
