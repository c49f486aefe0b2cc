import Holdfast
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Snapshots without a date, under compliance")
struct ComplianceTests {
    /// What a refusal says is to be done.
    private func remedy(_ work: () async throws -> Void) async -> String? {
        let error = await #expect(throws: HoldfastError.self) { try await work() }
        guard case .refused(_, _, let remedy) = error else { return nil }
        return remedy
    }

    @Test("are neither forgotten nor given one, and who tries is not told to wait")
    func refused() async throws {
        let yard = try await PruneYard()
        let id = try await yard.snapshot(expiresInDays: nil)
        _ = try await yard.snapshot(expiresInDays: 300)
        try await yard.promise(minKeepDays: 30)
        yard.advance(days: 100)
        let remedies = [
            await remedy {
                _ = try await Forget(repository: yard.repository).run([id], policy: yard.policy, at: yard.now, by: "admin")
            },
            await remedy {
                try await SetExpiry(repository: yard.repository)
                    .run(id, to: yard.now + 90 * PruneYard.day, at: yard.now, by: "admin")
            },
        ]
        for remedy in remedies { #expect(remedy?.contains("keys rewrap") == true) }
        #expect(try await yard.view(id)?.log.length == 2)
    }

    @Test("are told of as such by a check of the CMK that opens them, with what is left to be done", arguments: [true, false])
    func steps(isPromised: Bool) async throws {
        let fixture = try await KeysFixture(clusters: 1)
        try await fixture.takeSnapshot(in: 0, under: [fixture.K1], isDated: false)
        try await fixture.rotate(to: fixture.K2)
        let promise = Compliance(minKeep: Period(days: 30), grace: Period(days: 7), keepMin: 1)
        if isPromised { try await fixture.append([.compliance(promise)], to: fixture.repositories[0]) }
        let lines = try await fixture.check(fixture.K1, proving: false).lines()
        #expect(lines.contains { $0.contains("snapshots expire") } == !isPromised)
        #expect(lines.contains { $0.contains("compliance lets none be set") } == isPromised)
        #expect(lines[0].contains("rewrapped") == isPromised, "\(lines[0])")
        #expect(lines.contains { $0.contains("keys rewrap --from fake:1 --to fake:2") })
    }
}

@Suite("The newest snapshots, which compliance promises to keep")
struct PromisedNewestTests {
    /// Two that have expired, and a third that is damaged and newer.
    private func yard() async throws -> (PruneYard, promised: SnapshotID, older: SnapshotID) {
        let yard = try await PruneYard()
        let older = try await yard.snapshot(expiresInDays: 40)
        let promised = try await yard.snapshot(expiresInDays: 40)
        try await yard.promise(minKeepDays: 30)
        yard.advance(days: 100)
        return (yard, promised, older)
    }

    @Test("outlive backups that are turned off: only a line of the project file says so")
    func backupsOff() async throws {
        let (yard, promised, older) = try await yard()
        let prune = try await yard.prune { $0.backupsAreOn = false }
        #expect(prune.condemned == [older])
        #expect(prune.kept.first { $0.id == promised }?.reasons == [.guard])
    }

    @Test(
        "are not forgotten, confirmed or not, with backups on or off; the others are", arguments: [true, false], [true, false])
    func forgotten(isConfirmed: Bool, backupsAreOn: Bool) async throws {
        let (yard, promised, older) = try await yard()
        let forget = Forget(repository: yard.repository)
        let error = await #expect(throws: HoldfastError.self) {
            try await forget.run(
                [promised], policy: yard.policy, backupsAreOn: backupsAreOn, isConfirmed: isConfirmed, at: yard.now, by: "admin")
        }
        guard case .refused(let what, let object, let remedy) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(what.contains("under compliance") && object == "\(promised)" && remedy.contains("keys rewrap"))
        let result = try await forget.run(
            [older], policy: yard.policy, backupsAreOn: backupsAreOn, isConfirmed: isConfirmed, at: yard.now, by: "admin")
        #expect(result.condemned == [older])
    }
}
