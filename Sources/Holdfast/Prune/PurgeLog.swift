import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// The log of purges, `purges/<n>`: who is about to delete first takes the next number, so that nobody acts on a listing behind whose back
/// snapshots went, and with them the trace of who took their packs over (rule R19 of `docs/PROTOCOL.md`).
struct PurgeLog {
    private let repository: Repository

    init(of repository: Repository) { self.repository = repository }

    /// The number of the newest record; −1 where nothing was ever purged.
    func newest() async throws(HoldfastError) -> Int { try await records().map(\.n).max() ?? -1 }

    /// Announces a purge by a listing before which record `n` was the newest. False where others have begun to purge since.
    func begin(after n: Int, at time: Timestamp, by node: String) async throws(HoldfastError) -> Bool {
        guard ObjectName(listed: ObjectName.purge(n + 1).text) != nil else {
            throw .refused(
                "\(ObjectName.purge(n)) has the last number that there is, and no purge can be announced after it",
                object: "\(ObjectName.purge(n))",
                remedy: "nobody has purged so often: while no prune runs, delete that object, then prune again")
        }
        let record = try writable(node) { () throws(FormatError) in
            try PurgeRecord.encode(n + 1, run: Random.id(), repository: repository.id, at: time, by: node)
        }
        guard try await repository.create(.purge(n + 1), record) else { return false }
        let records = try await records()
        // A number that was taken may be free again: those behind it tidied up.
        guard records.allSatisfy({ $0.n <= n + 1 }) else { return false }
        for record in records where record.n <= n {
            do { try await repository.store.delete(record.name) } catch { throw .store(error) }
        }
        return true
    }

    private func records() async throws(HoldfastError) -> [(n: Int, name: ObjectName)] {
        let listed: [StoredObject]
        do { listed = try await repository.store.list(.purges) } catch { throw .store(error) }
        return listed.compactMap { if case .purge(let n) = $0.name.parsed { (n, $0.name) } else { nil } }
    }
}
