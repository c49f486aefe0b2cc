import HoldfastCatalog
import HoldfastModel
import Testing

@Suite struct CatalogTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let repository: RepositoryID

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("cache/id/catalog.sqlite")
        repository = try Sample.repository()
    }

    private func open() -> Catalog { Catalog(at: path, of: repository) }

    @Test("what is stored comes back in the order of the ids, also after a new start")
    func roundTrip() throws {
        let snapshots = try [Sample.cached(3), Sample.cached(1), Sample.cached(2)]
        open().store(snapshots)
        #expect(open().snapshots() == snapshots.sorted { $0.id < $1.id })
    }

    @Test(
        "every kind of record comes back exactly",
        arguments: [
            .start(try Sample.start(1)), .aborted(reason: "fenced"),
            .condemned(rule: "7 daily", purgeAfter: Sample.time(9)), .undeleted(until: Sample.time(3), hold: nil),
            .undeleted(until: nil, hold: "audit"), .hold("audit"), .release("audit"),
            .expiry(Sample.time(-30_000), byPolicy: true), .locked(until: Sample.time(90)),
            .envelope(try Sample.envelope(5)), .damaged(detail: "pack ✗"),
            .damaged(detail: "", packs: [try Sample.digest(7), try Sample.digest(8)]), .sound, .deleting,
            .unknown(kind: "quantum"),
        ] as [SnapshotRecord.Event])
    func records(event: SnapshotRecord.Event) throws {
        let snapshot = try Sample.cached(1, records: [Sample.record(2, event)])
        let catalog = open()
        catalog.store([snapshot])
        #expect(catalog.snapshots() == [snapshot])
    }

    @Test(
        "open and aborted snapshots come back as they are",
        arguments: [.none, .aborted(reason: "given up")] as [CachedSnapshot.Outcome])
    func outcomes(outcome: CachedSnapshot.Outcome) throws {
        var snapshot = try Sample.cached(1)
        snapshot.outcome = outcome
        let catalog = open()
        catalog.store([snapshot])
        #expect(catalog.snapshots() == [snapshot])
    }

    @Test("a cached snapshot makes the log that the store would give")
    func log() throws {
        let snapshot = try Sample.cached(1, records: [Sample.record(2, .condemned(rule: "r", purgeAfter: Sample.time(9)))])
        let log = SnapshotLog(
            id: try Sample.snapshot(1), start: try Sample.start(1), outcome: .manifest(try Sample.header(1)),
            records: snapshot.records, length: 3)
        #expect(snapshot.log == log)
        #expect(snapshot.log.condemnation?.purgeAfter == Sample.time(9))
    }

    @Test("a longer log takes the place of a shorter one")
    func readOn() throws {
        let catalog = open()
        catalog.store([try Sample.cached(1)])
        let longer = try Sample.cached(1, records: [Sample.record(2, .hold("audit"))])
        catalog.store([longer])
        #expect(catalog.snapshots() == [longer])
    }

    @Test("what is removed is gone, and nothing else is")
    func remove() throws {
        let catalog = open()
        catalog.store(try (1...3).map { try Sample.cached($0) })
        catalog.remove([try Sample.snapshot(2)])
        #expect(catalog.snapshots().map(\.id) == [try Sample.snapshot(1), try Sample.snapshot(3)])
    }

    @Test("owners without a log are remembered until others take their place")
    func owners() throws {
        let catalog = open()
        let first = [try Sample.snapshot(1): PackShare(count: 2, mix: .max), try Sample.snapshot(2): PackShare()]
        catalog.settle(first)
        #expect(open().settledOwners() == first)
        let second = [try Sample.snapshot(2): PackShare(count: 1, mix: 7)]
        catalog.settle(second)
        #expect(open().settledOwners() == second)
    }

    @Test("ten thousand snapshots are loaded")
    func many() throws {
        open().store(try (0..<10_000).map { try Sample.cached($0) })
        let snapshots = open().snapshots()
        #expect(snapshots.count == 10_000)
        #expect(try snapshots.last == Sample.cached(9_999))
    }

    @Test("two processes' catalogs on one file see each other's snapshots")
    func shared() throws {
        let (one, other) = (open(), open())
        one.store([try Sample.cached(1)])
        other.store([try Sample.cached(2)])
        #expect(one.snapshots() == other.snapshots())
        #expect(one.snapshots().count == 2)
    }

    @Test("what is discarded begins empty")
    func discard() throws {
        let catalog = open()
        catalog.store([try Sample.cached(1)])
        catalog.discard()
        #expect(catalog.snapshots().isEmpty)
        catalog.store([try Sample.cached(2)])
        #expect(open().snapshots().count == 1)
    }
}
