import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Rewrapping, disabling, and what is remembered of a proof")
struct KeysRewrapTests {
    private func rewrap(
        _ fixture: KeysFixture, in project: ProjectRepositories? = nil, isDryRun: Bool = false
    ) async throws -> (outcomes: [RewrapSnapshots.Outcome], failures: [ProveDeletion.Failure]) {
        var outcomes: [RewrapSnapshots.Outcome] = []
        let failures = try await RewrapSnapshots(project ?? fixture.project(), keys: fixture.keys).run(
            .init(from: fixture.K1, to: fixture.K2, isDryRun: isDryRun), at: fixture.time, by: "test"
        ) { outcomes.append($0.outcome) }
        return (outcomes, failures)
    }

    /// One cluster's repository with a memory of its own in `scratch`.
    private func remembering(_ fixture: KeysFixture, in scratch: Scratch) -> ProjectRepositories {
        ProjectRepositories(
            fixture.repositories.map { repository in
                .init(repository, openings: OpeningMemoryFile(at: "\(scratch.path)/\(repository.cluster).sqlite"))
            })
    }

    @Test("what the old CMK alone opened opens without it; run again, it finds nothing to do")
    func rewraps() async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.takeSnapshot(in: 1, under: [fixture.K1])
        try await fixture.takeSnapshot(in: 1, under: [fixture.K1, fixture.K2])
        try await fixture.rotate(to: fixture.K2)
        #expect(try await rewrap(fixture, isDryRun: true).outcomes.filter { $0 == .planned }.count == 2)
        #expect(try await fixture.check(fixture.K1).exitCode == 20)
        let (outcomes, failures) = try await rewrap(fixture)
        #expect(outcomes.filter { $0 == .rewrapped }.count == 2 && failures.isEmpty)
        #expect(try await rewrap(fixture).outcomes == [.alreadyOpens, .alreadyOpens, .alreadyOpens])
        #expect(try await fixture.check(fixture.K1).exitCode == 0)
    }

    @Test(
        "of a CMK on its way out nothing is wrapped, which could destroy it: the way back is told first",
        arguments: [false, true])
    func pending(isDryRun: Bool) async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        fixture.keyManager.set(fixture.K1, .pendingDeletion, deletionDate: fixture.time + -1)
        let before = fixture.keyManager.calls[.wrap]
        let error = await #expect(throws: HoldfastError.self) { try await rewrap(fixture, isDryRun: isDryRun) }
        guard case .refused(_, _, let remedy) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(remedy.contains("holdfast keys cancel-deletion fake:1"))
        #expect(fixture.keyManager.calls[.wrap] == before)
    }

    @Test("a dry run wraps nothing: a key manager destroys what else is due when it wraps")
    func dryRun() async throws {
        let fixture = try await KeysFixture()
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        let before = fixture.keyManager.calls[.wrap]
        #expect(try await rewrap(fixture, isDryRun: true).outcomes == [.planned])
        #expect(fixture.keyManager.calls[.wrap] == before)
        fixture.keyManager.set(fixture.K2, .disabled)
        await #expect(throws: HoldfastError.self) { try await rewrap(fixture, isDryRun: true) }
    }

    @Test("what was rewrapped is not lost with its first CMK, and needs the second, also where nobody has proven that")
    func needsTheSecond() async throws {
        let fixture = try await KeysFixture()
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        _ = try await rewrap(fixture)
        fixture.keyManager.set(fixture.K1, .deleted)
        try await fixture.rotate(to: fixture.K3)
        for isProving in [false, true] {
            let report = try await fixture.check(fixture.K2, proving: isProving)
            #expect(report.exitCode == 20 && report.verdict.lost.isEmpty)
            #expect(report.verdict.blockers.map(\.id) == [id.hex])
        }
        #expect(try await fixture.delete(fixture.K2).dates == nil)
    }

    private func unwraps(_ fixture: KeysFixture) -> Int { fixture.keyManager.calls[.unwrap] ?? 0 }

    @Test("an envelope counts in later checks only where this machine has opened it")
    func remembered() async throws {
        let fixture = try await KeysFixture()
        let scratch = try Scratch()
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        try await fixture.rewrap(id, in: 0, from: fixture.K1, to: fixture.K2, genuine: false)
        let project = remembering(fixture, in: scratch)
        #expect(try await fixture.check(fixture.K1, proving: false, of: project).exitCode == 20)
        #expect(try await rewrap(fixture, in: project).outcomes == [.rewrapped])
        #expect(try await fixture.check(fixture.K1, proving: false, of: project).exitCode == 22)
        #expect(try await fixture.check(fixture.K1, proving: false).exitCode == 20)
    }

    @Test("a proof that is made again opens one snapshot with each CMK, and not all of them")
    func resumed() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        let project = remembering(fixture, in: try Scratch())
        for _ in 0..<5 { try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K2]) }
        try await fixture.rotate(to: fixture.K2)
        let before = unwraps(fixture)
        #expect(try await fixture.check(fixture.K1, of: project).invitesDeletion)
        let first = unwraps(fixture)
        #expect(try await fixture.check(fixture.K1, of: project).invitesDeletion)
        #expect(first - before == 5)
        #expect(unwraps(fixture) - first == 1)
        fixture.keyManager.set(fixture.K2, .disabled)
        #expect(try await !fixture.check(fixture.K1, of: project).invitesDeletion)
    }

    @Test("a memory never stands for a pack that is gone")
    func packs() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        let project = remembering(fixture, in: try Scratch())
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1, fixture.K2])
        try await fixture.takeSnapshot(in: 0, under: [fixture.K2])
        try await fixture.rotate(to: fixture.K2)
        #expect(try await fixture.check(fixture.K1, of: project).invitesDeletion)
        let pack = try #require(try await fixture.repositories[0].readSnapshot(id)?.packs.first)
        try await fixture.stores[0].delete(pack.name)
        #expect(try await !fixture.check(fixture.K1, of: project).isProven)
    }

    @Test("a target that is retired, and a source that nothing knows, are refused")
    func refused() async throws {
        let fixture = try await KeysFixture()
        try await fixture.rotate(to: fixture.K2)
        try await fixture.rotate(to: fixture.K3)
        await #expect(throws: HoldfastError.self) { try await rewrap(fixture) }
        let unknown = try #require(CMK("fake:9"))
        await #expect(throws: HoldfastError.self) {
            try await RewrapSnapshots(fixture.project(), keys: fixture.keys).run(
                .init(from: unknown, to: fixture.K3), at: fixture.time, by: "test"
            ) { _ in }
        }
    }

    @Test("a snapshot that cannot be opened fails alone, by name")
    func failure() async throws {
        let fixture = try await KeysFixture()
        let bad = try await fixture.takeSnapshot(in: 0, under: [fixture.K1], forged: [fixture.K1])
        try await fixture.takeSnapshot(in: 1, under: [fixture.K1])
        try await fixture.rotate(to: fixture.K2)
        let (outcomes, failures) = try await rewrap(fixture)
        #expect(outcomes == [.rewrapped])
        #expect(failures.map(\.snapshot) == [bad])
    }

    @Test("a CMK is disabled only when nothing needs it and it is retired, and enabled at any time")
    func disable() async throws {
        let fixture = try await KeysFixture()
        let id = try await fixture.takeSnapshot(in: 0, under: [fixture.K1])
        let use = DisableKey(fixture.project(), keys: fixture.keys)
        #expect(try await use.disable(fixture.K1, at: fixture.time).verdict.answer == .blocked)
        try await fixture.rotate(to: fixture.K2)
        #expect(try await use.disable(fixture.K1, at: fixture.time).exitCode == 20)
        for name in fixture.stores[0].names where name.text.contains(id.hex) { try await fixture.stores[0].delete(name) }
        #expect(try await use.disable(fixture.K1, at: fixture.time).verdict.answer == .safeForGood)
        #expect(await fixture.keys.state(of: fixture.K1) == .disabled)
        try await use.enable(fixture.K1)
        #expect(await fixture.keys.state(of: fixture.K1) == .enabled)
        #expect(try await use.disable(fixture.cmks[3], at: fixture.time).verdict.answer == .safeNow)
        #expect(await fixture.keys.state(of: fixture.cmks[3]) == .enabled)
    }

    @Test("a proof takes an opening over from an earlier one only where what was wrapped in the same way opens now")
    func refusedVersion() async throws {
        let fixture = try await KeysFixture(clusters: 1)
        let scratch = try Scratch()
        try await fixture.rotate(to: fixture.K2)
        fixture.keyManager.set(fixture.K2, version: "1")
        let old = try await fixture.takeSnapshot(in: 0, under: [fixture.K2])
        fixture.keyManager.set(fixture.K2, version: "2")
        for _ in 0..<8 { try await fixture.takeSnapshot(in: 0, under: [fixture.K2]) }
        let project = remembering(fixture, in: scratch)
        #expect(try await fixture.check(fixture.K1, of: project).isProven)
        fixture.keyManager.refuse(fixture.K2, version: "1")
        let report = try await fixture.check(fixture.K1, of: project)
        #expect(!report.isProven && report.failures.map(\.snapshot) == [old])
    }
}
