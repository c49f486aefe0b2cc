import HoldfastCatalog
import HoldfastModel
import Testing

@Suite struct WitnessTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let repository: RepositoryID

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("state/holdfast/id/witness.sqlite")
        repository = try Sample.repository()
    }

    private func open() throws -> Witness { try Witness(at: path, of: repository) }

    private func commit(_ number: Int, to witness: Witness, cluster: String = "default") throws {
        var header = try Sample.header(number)
        header.cluster = cluster
        try witness.rememberStart(
            Sample.snapshot(number), cluster: header.cluster, node: header.node, source: header.source, at: header.started)
        try witness.rememberCommit(Sample.snapshot(number), header: header, sum: Sample.digest(number))
    }

    @Test("a new witness is empty, and only its owner may read it")
    func new() throws {
        #expect(try open().memory() == WitnessMemory(repository: repository))
        #expect(try TemporaryDirectory.mode(of: path) == 0o600)
        #expect(try TemporaryDirectory.mode(of: directory.file("state/holdfast/id")) == 0o700)
        #expect(try TemporaryDirectory.mode(of: directory.file("state/holdfast")) == 0o700)
    }

    @Test("a start is open, in its own source only, until it is committed, given up or forgotten")
    func starts() throws {
        let witness = try open()
        for number in 1...4 {
            try witness.rememberStart(
                Sample.snapshot(number), cluster: "default", node: "db1", source: "data", at: Sample.time(number))
        }
        try witness.rememberStart(Sample.snapshot(5), cluster: "default", node: "db1", source: "logs", at: Sample.time(5))
        try witness.rememberAbort(Sample.snapshot(2))
        try witness.forgetStart(Sample.snapshot(3))
        let starts = try open().openStarts(cluster: "default", node: "db1", source: "data")
        #expect(try starts.map(\.id) == [Sample.snapshot(4), Sample.snapshot(1)])
        #expect(try open().openStarts(cluster: "default", node: "db2", source: "data").isEmpty)
    }

    @Test("bases are what this node committed of the source, newest first, after a new start too")
    func bases() throws {
        let witness = try open()
        for number in [1, 7, 4, 2] { try commit(number, to: witness) }
        let bases = try open().bases(node: "db1", source: "data")
        #expect(try bases.map(\.id) == [Sample.snapshot(7), Sample.snapshot(4), Sample.snapshot(1)])
        #expect(try bases.map(\.sum) == [Sample.digest(7), Sample.digest(4), Sample.digest(1)])
        #expect(try open().openStarts(cluster: "default", node: "db1", source: "data").isEmpty)
    }

    @Test("a cluster that was renamed has its bases still, and no start that bears the old name")
    func renamed() throws {
        let witness = try open()
        try commit(1, to: witness, cluster: "former")
        try witness.rememberStart(Sample.snapshot(2), cluster: "former", node: "db1", source: "data", at: Sample.time(2))
        #expect(try open().bases(node: "db1", source: "data").map(\.id) == [Sample.snapshot(1)])
        #expect(try open().openStarts(cluster: "default", node: "db1", source: "data").isEmpty)
    }

    @Test("what another node committed is remembered once it is seen, and is no base")
    func others() throws {
        let witness = try open()
        let seen = SeenSnapshot(try Sample.cached(1).log, sum: try Sample.digest(2), trashEnd: nil, under: nil)
        let comparison = try WitnessComparison(
            of: witness.memory(), with: sighting([seen]), at: Sample.time(0))
        #expect(comparison.alarms.isEmpty)
        try witness.observe(comparison)
        let remembered = try #require(try open().memory().snapshots[seen.id])
        #expect(remembered.state == .committed && !remembered.isCommittedHere && remembered.logLength == 2)
        #expect(try open().memory().keyLog == WitnessedKeyLog(length: 2, lastSum: Sample.digest(11)))
        #expect(try open().bases(node: "db1", source: "data").isEmpty)
    }

    @Test("a lost snapshot alarms until it is accepted; then it is forgotten")
    func acceptance() throws {
        let witness = try open()
        try commit(1, to: witness)
        func compare(accepting: Set<WitnessSubject> = []) throws -> WitnessComparison {
            try WitnessComparison(of: witness.memory(), with: sighting([]), at: Sample.time(0), accepting: accepting)
        }
        #expect(try compare().alarms == [.snapshotGone(Sample.snapshot(1))])
        try witness.observe(compare())
        #expect(try compare().alarms == [.snapshotGone(Sample.snapshot(1))])
        try witness.observe(compare(accepting: [.snapshot(Sample.snapshot(1))]))
        #expect(try compare().alarms.isEmpty)
        #expect(try witness.memory().snapshots.isEmpty)
    }

    @Test("a rolled-back key log alarms until it is accepted; then its length is the new one")
    func keyLogAcceptance() throws {
        let witness = try open()
        func compare(_ sums: [Digest], accepting: Set<WitnessSubject> = []) throws -> WitnessComparison {
            let sighting = WitnessSighting(repository: repository, keyLogSums: sums, snapshots: [])
            return try WitnessComparison(of: witness.memory(), with: sighting, at: Sample.time(0), accepting: accepting)
        }
        try witness.observe(compare([Sample.digest(1), Sample.digest(2)]))
        #expect(try compare([Sample.digest(1)]).alarms == [.keyLogShortened(was: 2, now: 1)])
        try witness.observe(compare([Sample.digest(1)], accepting: [.keyLog]))
        #expect(try compare([Sample.digest(1)]).alarms.isEmpty)
        #expect(try compare([]).alarms == [.keyLogShortened(was: 1, now: 0)])
    }

    @Test("an observation leaves alone what another process changed since its memory was read")
    func lateObservation() throws {
        let (checker, writer) = (try open(), try open())
        try commit(1, to: writer)
        try writer.rememberStart(Sample.snapshot(2), cluster: "default", node: "db1", source: "data", at: Sample.time(2))
        let memory = try checker.memory()
        try commit(2, to: writer)
        try commit(4, to: writer)
        let seen = SeenSnapshot(try Sample.cached(2).log, sum: try Sample.digest(99), trashEnd: nil, under: nil)
        try writer.rememberDeletion(Sample.snapshot(1))
        let gone = WitnessComparison(of: memory, with: sighting([seen]), at: Sample.time(0))
        #expect(try gone.alarms == [.snapshotGone(Sample.snapshot(1))])
        try checker.observe(gone)
        let now = try checker.memory().snapshots
        #expect(try now[Sample.snapshot(1)]?.isCondemned == true)
        #expect(try now[Sample.snapshot(2)]?.sum == Sample.digest(2))
        #expect(try now[Sample.snapshot(4)]?.isCommittedHere == true)
    }

    @Test("a keyring older than before is told with the edition that was seen, until it is accepted")
    func keyrings() throws {
        let editions = [12, 11, 12].map { KeyManagerEdition(manager: "3f2a", number: $0) }
        #expect(try editions.map { try open().observe($0) } == [nil, 12, nil])
        #expect(try open().observe(KeyManagerEdition(manager: "other", number: 1)) == nil)
        try open().accept(editions[1])
        #expect(try open().observe(editions[1]) == nil)
        // That one, and no older one that comes in its place.
        #expect(try open().observe(KeyManagerEdition(manager: "3f2a", number: 10)) == 11)
    }

    private func sighting(_ snapshots: [SeenSnapshot]) -> WitnessSighting {
        let sums = [10, 11].compactMap { Digest(bytes: Sample.bytes($0, count: 32).span) }
        return WitnessSighting(repository: repository, keyLogSums: sums, snapshots: snapshots)
    }
}
