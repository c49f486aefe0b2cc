import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Synchronization
import Testing

@Suite("Repair")
struct RepairTests {
    @Test("files whose lost chunks a later snapshot stored again come back in a snapshot of their own")
    func salvaged() async throws {
        let (yard, first, second, lost) = try await RepairYard.healed()
        let before = try await yard.objects()
        let (result, findings) = try await yard.repair()
        #expect(result.damagedSnapshots.keys.map(\.self) == [first])
        let finding = try #require(findings.first)
        let survey = try #require(finding.survey)
        #expect(survey.whole.files < 4 && survey.salvageable == 4 && survey.missing == 0 && survey.gaps.isEmpty)
        let salvaged = try #require(finding.salvaged)
        #expect(try await yard.cluster.contents(salvaged) == yard.expected[first])
        let header = try #require(try await yard.cluster.repository.readSnapshot(salvaged)?.log.header)
        let original = try #require(try await yard.cluster.repository.readSnapshot(first)?.log)
        #expect(header.time == original.header?.time && header.expires == original.expires && header.base == first)
        #expect(header.label == "salvaged" && header.incomplete == 0 && header.tags == ["salvaged:\(first.short)"])
        #expect(original.isDamaged)
        #expect(try await yard.packs(of: salvaged).allSatisfy { $0.name != lost && $0.owner != second })
        let after = try await yard.objects()
        for (name, bytes) in before { #expect(after[name] == bytes, "\(name)") }
        #expect(try await yard.check().soundSnapshots == [second, salvaged])
    }

    @Test("of which files are still missing it says so, and counts as damaged until it goes") func inPart() async throws {
        var yard = try await RepairYard()
        for name in ["a", "b", "c", "d", "e", "f"] { try yard.write(name, byteCount: 100_000) }
        let first = try await yard.backUp().snapshot
        for pack in try await yard.packs(of: first).filter({ $0.byteCount > 20_000 }) {
            try await yard.cluster.store.delete(pack.name)
        }
        for name in ["a", "b"] { try yard.write(name, byteCount: 100_000) }
        _ = try await yard.backUp()
        let finding = try #require(try await yard.repair().findings.first)
        let id = try #require(finding.salvaged)
        let log = try #require(try await yard.cluster.repository.readSnapshot(id)?.log)
        #expect(log.header?.incomplete == finding.survey?.missing && log.header?.incomplete == 2)
        #expect(log.isDamaged && log.damage == nil)
        #expect(try await yard.cluster.contents(id).count == 4)
    }

    @Test("ends no guard: the last snapshots of a source, damaged and past their date, stay until somebody says yes")
    func lastOfGroup() async throws {
        var yard = try await RepairYard()
        for name in ["a", "b"] { try yard.write(name, byteCount: 100_000) }
        let ids = [try await yard.backUp().snapshot, try await yard.backUp().snapshot]
        let lost = try #require(try await yard.packs(of: ids[0]).max { $0.byteCount < $1.byteCount }).name
        yard.cluster.store.lose(lost)
        #expect(Set(try await yard.repair().result.damagedSnapshots.keys) == Set(ids))
        var request = PruneRequest(policy: Policy(), backupsAreOn: true, at: yard.now + 60 * 86_400, by: "test")
        let prune = Prune(repository: yard.cluster.repository)
        let asked = try await prune.run(request)
        #expect(asked.condemned.isEmpty && asked.stopped.map(\.object) == ["default/node/default"])
        #expect(asked.stopped.allSatisfy { !$0.isDamage && $0.message.contains("--yes") })
        request.backupsAreOn = false
        request.isDryRun = true
        #expect(try await Set(prune.run(request).condemned) == Set(ids))
        (request.backupsAreOn, request.isConfirmed, request.isDryRun) = (true, true, false)
        #expect(try await Set(prune.run(request).condemned) == Set(ids))
    }

    @Test("is done once: a second run creates nothing") func twice() async throws {
        let (yard, _, _, _) = try await RepairYard.healed()
        _ = try await yard.repair()
        let before = try await yard.objects()
        let (_, findings) = try await yard.repair()
        #expect(findings.allSatisfy { $0.salvaged == nil })
        #expect(try await yard.objects() == before)
    }

    @Test("a dry run says the same and creates nothing") func dryRun() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        let before = try await yard.objects()
        let (_, findings) = try await yard.repair(isDryRun: true)
        #expect(findings.map(\.snapshot) == [first])
        guard case .wouldBeSalvaged = findings.first?.outcome else {
            Issue.record("\(findings)")
            return
        }
        #expect(try await yard.objects() == before)
    }

    @Test("what a restore of the damaged snapshot gives as well is not made a snapshot of") func nothingToGain() async throws {
        var yard = try await RepairYard()
        for name in ["a", "b", "c"] { try yard.write(name, byteCount: 100_000) }
        let id = try await yard.backUp().snapshot
        let lost = try #require(try await yard.packs(of: id).max { $0.byteCount < $1.byteCount })
        try await yard.cluster.store.delete(lost.name)
        var told: [EntrySurvey] = []
        let findings = try await RepairRepository(yard.cluster.repository, keys: yard.cluster.keys)
            .run(yard.check(), nil) { _, entry in told.append(entry) }
        let survey = try #require(findings.first?.survey)
        #expect(survey.whole.files + survey.partly.files + survey.lost.files == 3 && survey.affectedCount == told.count)
        #expect(!told.isEmpty && told.allSatisfy { $0.lostByteCount > 0 && $0.entry.size == 100_000 })
        #expect(try await yard.repair().findings.first?.salvaged == nil)
    }

    @Test("a snapshot whose manifest does not open is told of, and the others are still salvaged") func unopened() async throws {
        let (yard, first, second, _) = try await RepairYard.healed()
        yard.cluster.store.tamper(.record(1, of: second)) { $0[$0.count / 2] ^= 1 }
        let (result, findings) = try await yard.repair()
        #expect(Set(result.damagedSnapshots.keys) == [first, second])
        #expect(findings.first { $0.snapshot == second }?.survey == nil)
        #expect(findings.first { $0.snapshot == first }?.survey != nil)
    }

    @Test("a salvaged snapshot is no base of the node that it is of, whoever made it") func noBase() async throws {
        var (yard, _, second, _) = try await RepairYard.healed()
        _ = try await yard.repair()
        #expect(try await yard.backUp().header.base == second)
    }

    @Test("what has expired or is in the trash is left there") func due() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        try await yard.cluster.repository.append(to: first, at: yard.now, by: "x") { _ in .expiry(yard.now, byPolicy: false) }
        #expect(try await yard.repair().findings.first?.salvaged == nil)
        let (other, second, _, _) = try await RepairYard.healed()
        try await other.cluster.repository.append(to: second, at: other.now, by: "x") { _ in
            .condemned(rule: "by hand", purgeAfter: other.now + 86_400)
        }
        #expect(try await other.repair().findings.first?.salvaged == nil)
    }

    @Test("what compliance keeps beyond its own date is salvaged, and keeps that date") func kept() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        let promise = Compliance(minKeep: Period(days: 60), grace: Period(days: 7), keepMin: 1)
        try await yard.cluster.repository.appendToKeyLog(at: yard.now, by: "admin") { _ in .compliance(promise) }
        let header = try #require(try await yard.cluster.repository.readSnapshot(first)?.log.header)
        let (_, findings) = try await yard.repair(at: yard.now + 40 * 86_400)
        let salvaged = try #require(findings.first?.salvaged)
        #expect(try await yard.cluster.repository.readSnapshot(salvaged)?.log.expires == Period(days: 60).after(header.time))
    }

    @Test("nothing refers to what was taken before a barrier: it is told, and left") func barrier() async throws {
        let (yard, _, _, _) = try await RepairYard.healed()
        try await yard.cluster.repository.appendToKeyLog(at: yard.now, by: "x") { _ in .barrier }
        let finding = try #require(try await yard.repair().findings.first)
        guard case .left(let why) = finding.outcome else {
            Issue.record("\(finding)")
            return
        }
        #expect(why.contains("--fresh"))
    }

    @Test(
        "under Object Lock what is salvaged is kept from deletion as its header says, and refers to nothing that is not",
        arguments: [false, true])
    func locks(areLost: Bool) async throws {
        let (yard, _, _, _) = try await RepairYard.healed(MemoryStore(locksObjects: true))
        if areLost { yard.cluster.store.loseLocks() }
        let finding = try #require(try await yard.repair().findings.first)
        guard let id = finding.salvaged else {
            #expect(areLost)
            return
        }
        #expect(!areLost)
        let lock = try #require(try await yard.cluster.repository.readSnapshot(id)?.log.header?.lock)
        for n in 0...1 { #expect(yard.cluster.store.lock(on: .record(n, of: id)) == lock.until) }
        for pack in try await yard.packs(of: id) {
            #expect(try #require(yard.cluster.store.lock(on: pack.name)) >= lock.packsUntil, "\(pack.name)")
        }
    }

    @Test("an error of the store costs the snapshot that it struck, and nothing else") func struck() async throws {
        var (occurrence, leftCount, isStruck) = (1, 0, true)
        while isStruck {
            // The first is of the record that says what is damaged.
            occurrence += 1
            let (yard, first, _, _) = try await RepairYard.healed()
            let faulty = FaultyStore(yard.cluster.store, Fault(.create, at: occurrence, .before))
            let finding = try #require(try await yard.repair(over: faulty).findings.first)
            isStruck = faulty.account.unexercised.isEmpty
            #expect(finding.snapshot == first && finding.survey?.salvageable == 4)
            if case .left(let why) = finding.outcome { leftCount += why.contains("injected") ? 1 : 0 }
            #expect(isStruck || finding.salvaged != nil)
        }
        #expect(leftCount > 0)
    }

    @Test("whichever call fails, no snapshot stays open that nobody goes on with") func leftOpen() async throws {
        var (occurrence, isStruck) = (0, true)
        while isStruck {
            occurrence += 1
            let (yard, _, _, _) = try await RepairYard.healed()
            let faulty = FaultyStore(yard.cluster.store, Fault(at: occurrence, .before))
            _ = try? await yard.repair(over: faulty)
            isStruck = faulty.account.unexercised.isEmpty
            let open = try await yard.cluster.repository.readSnapshots().filter { $0.log.state == .open }
            #expect(open.isEmpty, "after call \(occurrence)")
        }
        #expect(occurrence > 30)
    }

    @Test("one that is interrupted gives up what it had begun") func interrupted() async throws {
        let (yard, first, second, _) = try await RepairYard.healed()
        let running = Mutex<Task<[RepairRepository.Finding], any Error>?>(nil)
        let creates = Mutex(0)
        let store = GatedStore(yard.cluster.store) { operation, _ in
            let isStart =
                operation == .create
                && creates.withLock { count in
                    count += 1
                    return count == 2
                }
            if isStart { running.withLock { $0 }?.cancel() }
        }
        let task = Task { try await yard.repair(over: store).findings }
        running.withLock { $0 = task }
        await #expect(throws: HoldfastError.self) { try await task.value }
        let logs = try await yard.cluster.repository.readSnapshots().map(\.log)
        #expect(logs.filter { $0.state == .aborted }.count == 1)
        #expect(Set(logs.filter(\.exists).map(\.id)) == [first, second])
    }

    @Test("one that stands in the trash was made: no other is made beside it") func doneBefore() async throws {
        let (yard, _, _, _) = try await RepairYard.healed()
        let salvaged = try #require(try await yard.repair().findings.first?.salvaged)
        try await yard.cluster.repository.append(to: salvaged, at: yard.now, by: "x") { _ in
            .condemned(rule: "by hand", purgeAfter: yard.now + 86_400)
        }
        #expect(try await yard.repair().findings.allSatisfy { $0.salvaged == nil })
    }

    @Test("wherever it dies nothing is changed or lost, and the next run ends the work", arguments: Fault.Moment.allCases)
    func crash(moment: Fault.Moment) async throws {
        var (occurrence, isStruck) = (0, true)
        while isStruck {
            occurrence += 1
            let (yard, first, second, _) = try await RepairYard.healed()
            let before = try await yard.objects()
            let faulty = FaultyStore(yard.cluster.store, Fault(at: occurrence, moment, isLasting: true))
            _ = try? await yard.repair(over: faulty)
            isStruck = faulty.account.unexercised.isEmpty
            let between = try await yard.objects()
            for (name, bytes) in before { #expect(between[name] == bytes, "after call \(occurrence)") }
            _ = try await yard.repair()
            let sound = try await yard.check().soundSnapshots
            #expect(sound.contains(second) && !sound.contains(first) && sound.count >= 2, "after call \(occurrence)")
            for id in sound where id != second {
                #expect(try await yard.cluster.contents(id) == yard.expected[first], "after call \(occurrence)")
            }
        }
        #expect(occurrence > 30)
    }
}
