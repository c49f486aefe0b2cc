import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastTesting
import Testing

/// One date, and whoever asks is told the one that prune obeys.
@Suite("When something in the trash goes")
struct TrashDateTests {
    private static let day = PruneYard.day

    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    enum Reason: CaseIterable {
        /// Nothing but what the condemnation says.
        case recorded
        /// The policy's grace was raised afterwards.
        case grace
        /// Compliance was promised afterwards.
        case compliance
        /// The same, of a snapshot that has no date.
        case undated
        /// The record is dated back: the store had it later.
        case datedBack
        /// The store locks it for longer.
        case lock
    }

    /// A snapshot in the trash, beside one that lives, and how many days from now it is to go.
    private func trash(_ reason: Reason) async throws -> (yard: PruneYard, id: SnapshotID, days: Int64) {
        var yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: reason == .undated ? nil : 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        yard.clock.advance(bySeconds: -2)
        yard.advance(days: 1)
        let (at, purgeAfter) = (yard.now + (reason == .datedBack ? -5 * Self.day : 0), yard.now + 7 * Self.day)
        try await yard.repository.append(to: id, at: at, by: "admin") { _ in
            .condemned(rule: SnapshotRecord.forgetRule, purgeAfter: reason == .datedBack ? at : purgeAfter)
        }
        switch reason {
        case .grace: yard.policy.grace = Period(days: 60)
        case .compliance, .undated: try await yard.promise(minKeepDays: 50)
        case .lock:
            let until = yard.now + 30 * Self.day
            try await yard.repository.append(to: id, at: yard.now, by: "admin") { _ in .locked(until: until) }
        case .recorded, .datedBack: break
        }
        let days: Int64 =
            switch reason {
            case .recorded, .datedBack: 7
            case .grace: 60
            case .compliance, .undated: 49
            case .lock: 30
            }
        return (yard, id, days)
    }

    private func told(of id: SnapshotID, in yard: PruneYard) async throws -> Timestamp? {
        let clock = yard.clock
        let project = ProjectRepositories(
            [.init(yard.repository, retention: .init(policy: yard.policy))], clock: { clock.now })
        let survey = await ReadProject(project, keys: KeyManagers([], trusted: [])).glance(at: yard.now)
        return survey.reading.clusters[0].snapshots.first { $0.id == id }?.purgeAfter
    }

    @Test("prune purges it at the second that is told, and no sooner, whatever keeps it", arguments: Reason.allCases)
    func purge(_ reason: Reason) async throws {
        let (yard, id, days) = try await trash(reason)
        let date = yard.now + days * Self.day
        #expect(try await told(of: id, in: yard) == date)
        yard.clock.set(date + -1)
        #expect(try await yard.prune().purged.isEmpty)
        #expect(try await told(of: id, in: yard) == date)
        yard.clock.set(date)
        #expect(try await yard.prune().purged == [id])
    }

    @Test("W14: a machine that has seen it there misses it until that second, whatever keeps it", arguments: Reason.allCases)
    func missed(_ reason: Reason) async throws {
        let (yard, id, days) = try await trash(reason)
        let witness = try Witness(at: scratch.path + "/witness.sqlite", of: yard.repository.id)
        #expect(try await yard.reading(witness).alarms.isEmpty)
        let date = yard.now + days * Self.day
        #expect(try witness.memory().snapshots[id]?.expires == date)
        for n in 0...(reason == .lock ? 3 : 2) { yard.store.lose(.record(n, of: id)) }
        // Beyond what is tolerated of clocks.
        yard.clock.set(date + -301)
        #expect(try await yard.reading(witness).alarms == [.snapshotGone(id)])
        yard.clock.set(date)
        #expect(try await yard.reading(witness).alarms.isEmpty)
    }

    @Test(
        "what is forgotten is told, and recorded, the grace that was promised, and a dry run says the same and condemns nothing")
    func forgotten() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: 1)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await yard.promise(minKeepDays: 1, graceDays: 30)
        yard.advance(days: 2)
        let date = yard.now + 30 * Self.day
        for isDryRun in [true, false] {
            let result = try await Forget(repository: yard.repository).run(
                [id], policy: yard.policy, isDryRun: isDryRun, at: yard.now, by: "admin")
            #expect(result.condemned == [id] && result.purgeAfter == [id: date])
            #expect(try await yard.view(id)?.log.condemnation?.purgeAfter == (isDryRun ? nil : date))
        }
    }
}
