import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// What stands in for a damaged snapshot that is held, and what a repair takes for its own earlier work.
@Suite("Repair of what is held")
struct RepairHoldTests {
    @Test("a snapshot that is held is salvaged though its date has passed, and what is made of it is held, and goes no sooner")
    func held() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        let hold = HoldSnapshot(repository: yard.cluster.repository)
        try await hold.add(try #require(HoldName("case-7")), to: first, at: yard.now, by: "admin")
        let expires = try #require(try await yard.cluster.repository.readSnapshot(first)?.log.expires)
        let finding = try #require(try await yard.repair(at: expires + 1).findings.first)
        let salvaged = try #require(finding.salvaged, "\(finding.outcome)")
        #expect(try await yard.cluster.repository.readSnapshot(salvaged)?.log.holds == ["case-7"])
        // A second hold came after it was made: what stands in for the other gets that as well.
        try await hold.add(try #require(HoldName("case-8")), to: first, at: yard.now, by: "admin")
        #expect(try await yard.repair(at: expires + 1).findings.first?.salvaged == nil)
        #expect(try await yard.cluster.repository.readSnapshot(salvaged)?.log.holds == ["case-7", "case-8"])
        let request = PruneRequest(policy: Policy(), backupsAreOn: true, at: expires + 2, by: "test")
        let pruned = try await Prune(repository: yard.cluster.repository).run(request)
        #expect(Set(pruned.condemned).isDisjoint(with: [first, salvaged]))
    }

    @Test("by who may not hold: the copy is made and told all the same, made no second time, and made again once it rots")
    func unheld() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        try await hold(first, in: yard)
        let store = RefusingStore(yard.cluster.store) { operation, name in
            guard operation == .create, case .record(let n, _) = name.parsed, n > 1 else { return nil }
            return .denied(name.text, detail: "by the test")
        }
        let repaired = try await repair(first, in: yard, over: store)
        let copy = try #require(repaired.salvaged, "\(repaired.outcome)")
        #expect(repaired.unheld?.contains("by the test") == true)
        let again = try await repair(first, in: yard, over: store)
        #expect(again.salvaged == nil && again.unheld != nil)
        let packs = try await yard.packs(of: copy)
        let own = try #require(packs.filter { $0.owner == copy }.max { $0.byteCount < $1.byteCount })
        yard.cluster.store.lose(own.name)
        #expect(try await repair(first, in: yard, over: store).salvaged != nil)
    }

    @Test(
        "holds no copy again that a person released or forgot; but one that a policy let go, and one whose hold came back since")
    func released() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        try await hold(first, in: yard)
        let copy = try #require(try await yard.repair().findings.first?.salvaged)
        let name = try #require(HoldName("case-7"))
        try await HoldSnapshot(repository: yard.cluster.repository).release(name, of: copy, at: yard.now, by: "admin")
        let before = try await yard.objects()
        _ = try await yard.repair()
        #expect(try await yard.objects() == before)
        let holds = HoldSnapshot(repository: yard.cluster.repository)
        try await holds.release(name, of: first, at: yard.now + 1, by: "admin")
        try await holds.add(name, to: first, at: yard.now + 2, by: "admin")
        try await condemn(copy, by: "expiry", in: yard)
        _ = try await yard.repair()
        #expect(try await yard.cluster.repository.readSnapshot(copy)?.log.holds == ["case-7"])
        try await holds.release(name, of: copy, at: yard.now + 3, by: "admin")
        try await condemn(copy, by: SnapshotRecord.forgetRule, in: yard)
        try await holds.add(try #require(HoldName("case-8")), to: first, at: yard.now + 4, by: "admin")
        _ = try await yard.repair()
        #expect(try await yard.cluster.repository.readSnapshot(copy)?.log.holds.isEmpty == true)
    }

    private func condemn(_ id: SnapshotID, by rule: String, in yard: RepairYard) async throws {
        try await yard.cluster.repository.append(to: id, at: yard.now, by: "x") { _ in
            .condemned(rule: rule, purgeAfter: yard.now + 86_400)
        }
    }

    @Test("goes on with a copy that rots itself, once what it was made of gives nothing any more")
    func chain() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        let copy = try #require(try await yard.repair().findings.first?.salvaged)
        let packs = try await yard.packs(of: copy)
        let own = try #require(packs.filter { $0.owner == copy }.max { $0.byteCount < $1.byteCount })
        yard.cluster.store.lose(own.name)
        let before = try #require(try await yard.repair().findings.first { $0.snapshot == copy })
        #expect(before.salvaged == nil)
        yard.cluster.store.tamper(.record(1, of: first)) { $0[$0.count / 2] ^= 1 }
        let after = try #require(try await yard.repair().findings.first { $0.snapshot == copy })
        #expect(after.salvaged != nil, "\(after.outcome)")
    }

    @Test("takes nothing for its own work that only says so, and puts no hold on it")
    func forged() async throws {
        let (yard, first, _, _) = try await RepairYard.healed()
        try await hold(first, in: yard)
        let forged: SnapshotID = Random.id()
        let envelope = Envelope(cmk: try #require(CMK("fake:1")), wrapped: Random.bytes(60), created: yard.now)
        try await yard.cluster.forge(
            forged, of: first, label: ManifestHeader.salvagedLabel, at: yard.now, keyLogPosition: 1, files: 1 << 60,
            envelope: envelope)
        let finding = try #require(try await yard.repair().findings.first { $0.snapshot == first })
        #expect(finding.salvaged != nil, "\(finding.outcome)")
        #expect(try await yard.cluster.repository.readSnapshot(forged)?.log.holds.isEmpty == true)
    }

    /// Who had read the record that is lost.
    enum Reader: CaseIterable {
        case damaged, other, machine
    }

    @Test(
        "W14: makes nothing by a key log that ends before what a snapshot's writer, or this machine, had read; nor says that it would",
        arguments: Reader.allCases, [false, true])
    func shortened(reader: Reader, isDryRun: Bool) async throws {
        var yard = try await RepairYard()
        let repository = yard.cluster.repository
        let promise = KeyRecord.Event.compliance(Compliance(minKeep: Period(days: 60), grace: Period(days: 7), keepMin: 1))
        if reader == .damaged { try await repository.appendToKeyLog(at: yard.now, by: "admin") { _ in promise } }
        for name in ["a", "b/c", "b/d", "e"] { try yard.write(name, byteCount: 100_000) }
        let first = try await yard.backUp().snapshot
        let lost = try #require(try await yard.packs(of: first).max { $0.byteCount < $1.byteCount })
        yard.cluster.store.lose(lost.name)
        if reader == .other { try await repository.appendToKeyLog(at: yard.now, by: "admin") { _ in promise } }
        _ = try await yard.backUp()
        if reader == .machine {
            try await repository.appendToKeyLog(at: yard.now, by: "admin") { _ in promise }
            let watch = WitnessWatch(yard.cluster.witness, policy: Policy(), at: yard.now)
            _ = try await ReadRepository(repository, watch: watch, catalog: nil).run()
        }
        let witness = reader == .machine ? yard.cluster.witness : nil
        let end = try await repository.readKeyLog().log.position
        let record = try await yard.cluster.store.read(.keyRecord(end))
        yard.cluster.store.lose(.keyRecord(end))
        let before = try await yard.objects()
        let finding = try await repair(first, in: yard, over: yard.cluster.store, witness: witness, isDryRun: isDryRun)
        guard case .left = finding.outcome else { return #expect(Bool(false), "\(finding.outcome)") }
        #expect(try await yard.objects() == before)
        try await yard.cluster.store.create(.keyRecord(end), record)
        #expect(try await repair(first, in: yard, over: yard.cluster.store, witness: witness).salvaged != nil)
    }

    private func hold(_ id: SnapshotID, in yard: RepairYard) async throws {
        let name = try #require(HoldName("case-7"))
        try await HoldSnapshot(repository: yard.cluster.repository).add(name, to: id, at: yard.now, by: "admin")
    }

    /// What `check --repair` says of a damaged snapshot.
    private func repair(
        _ id: SnapshotID, in yard: RepairYard, over store: any ObjectStore, witness: Witness? = nil, isDryRun: Bool = false
    ) async throws
        -> RepairRepository.Finding
    {
        let base = yard.cluster.repository
        let repository = Repository(id: base.id, store: store, project: base.project, cluster: base.cluster)
        let request = CheckRequest(.data(percent: 100), keys: yard.cluster.keys, seed: 0)
        let result = try await CheckRepository(repository: repository).run(request)
        var settings = RepairSettings(now: yard.now, node: "admin", packByteCount: 64 << 10, tool: "test")
        settings.isDryRun = isDryRun
        let given = settings
        let repair = RepairRepository(repository, keys: yard.cluster.keys, witness: witness)
        return try #require(try await repair.run(result, given) { _, _ in }.first { $0.snapshot == id })
    }
}
