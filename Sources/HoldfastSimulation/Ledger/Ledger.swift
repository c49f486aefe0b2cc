import HoldfastCrypto
import HoldfastModel
import HoldfastTesting
import Synchronization

/// Keeps the books of one history, and says which promise was broken first.
final class Ledger: Sendable {
    /// A snapshot that a person may ask something about.
    struct Subject: Sendable {
        let site: Int
        let id: SnapshotID
        let isInTrash: Bool
        let isOpen: Bool
        let content: Int?
        let holds: [String]
    }

    private let books: Mutex<Books>
    private let clock: ManualClock

    init(siteCount: Int, grace: Period, clock: ManualClock) {
        books = Mutex(Books(siteCount: siteCount, grace: grace))
        self.clock = clock
    }

    var violation: String? { books.withLock { $0.violations.first } }

    func report(_ violation: String) { books.withLock { $0.violations.append(violation) } }

    func created(_ name: ObjectName, _ bytes: [UInt8], at site: Int, by author: Author) {
        if case .pack(let id, _) = name.parsed, SHA256.hash(bytes.span) != id { report("\(name) is not what it is named") }
        books.withLock { $0.created(name, bytes, at: site, by: author, now: clock.now) }
    }

    func deleted(_ name: ObjectName, at site: Int) { books.withLock { $0.deleted(name, at: site) } }

    /// `backup` has said the snapshot's id.
    func acknowledgedBackup(_ id: SnapshotID, at site: Int, of content: Int) {
        books.withLock { books in
            let snapshot = books.sites[site].snapshots[id] ?? SnapshotBook()
            books.require(snapshot.wasLive, "backup acknowledged \(id.short), which never counted")
            books.require(snapshot.content == content, "backup acknowledged \(id.short), which is of something else")
        }
    }

    /// How often such a record was made of a snapshot while it counted.
    func count(of record: String, _ id: SnapshotID, at site: Int) -> Int {
        books.withLock { $0.sites[site].snapshots[id]?.recorded[record] ?? 0 }
    }

    /// A hold, a release, an undelete or an expiry was acknowledged: one more of them than there were.
    func acknowledged(_ record: String, _ id: SnapshotID, at site: Int, besides count: Int) {
        let isThere = self.count(of: record, id, at: site) > count
        if !isThere { report("'\(record)' was acknowledged of \(id.short), and is not in its log") }
    }

    func acknowledgedRotation(to cmk: CMK, retiring retired: [CMK]) {
        books.withLock { $0.acknowledgedRotation(to: cmk.uri, retiring: retired.map(\.uri)) }
    }

    /// `compliance on` has said that it is so in every cluster.
    func acknowledgedPromise(ofDays days: Int64) { books.withLock { $0.acknowledgedPromise(ofDays: days) } }

    /// What each cluster's key log promises now, in days.
    var promisedDays: [Int64] { books.withLock { $0.sites.map(\.keyLog.promisedDays) } }

    /// The answer "safe for good": from now on no snapshot may need the set.
    func calledSafe(_ cmks: Set<CMK>) {
        books.withLock { books in
            books.safe.append(Set(cmks.map(\.uri)))
            books.requireCovers()
        }
    }

    func scheduledDeletion(of cmk: String) {
        books.withLock { books in
            books.require(books.everApproved.contains(cmk), "the deletion of \(cmk) was scheduled, and nobody has approved it")
        }
    }

    /// Ascending by id.
    var subjects: [Subject] {
        books.withLock { books in
            books.sites.enumerated().flatMap { number, site in
                site.snapshots.filter { $0.value.exists || $0.value.isOpen }.sorted { $0.key < $1.key }.map { id, snapshot in
                    Subject(
                        site: number, id: id, isInTrash: snapshot.isInTrash, isOpen: snapshot.isOpen, content: snapshot.content,
                        holds: snapshot.holds.sorted())
                }
            }
        }
    }

    /// CMKs that were active, in the order of their names, and whether each is retired everywhere.
    var cmks: [(uri: String, isRetired: Bool)] {
        books.withLock { books in
            let all = books.sites.reduce(into: Set()) { $0.formUnion($1.keyLog.activated) }
            return all.sorted().map { cmk in (cmk, books.sites.allSatisfy { $0.keyLog.retired[cmk] != nil }) }
        }
    }

    func content(of id: SnapshotID, at site: Int) -> Int? { books.withLock { $0.sites[site].snapshots[id]?.content } }

    /// Whether the snapshot is there, or has gone as it may.
    func stands(_ id: SnapshotID, at site: Int) -> Bool { books.withLock { $0.sites[site].snapshots[id]?.exists ?? false } }

    /// Packs of a site that an existing snapshot refers to.
    func needed(at site: Int) -> Set<ObjectName> {
        books.withLock { Set($0.sites[site].references.filter { !$0.value.isEmpty }.keys) }
    }
}
