package import HoldfastCatalog
import HoldfastFormat
import HoldfastModel

extension Repository {
    /// How many snapshots are read at once.
    private static let readsAtOnce = 16
    /// How many are handed to the catalog in one transaction.
    private static let batchCount = 256

    /// Every snapshot's log, from one listing, ascending by id, **without pack tables**: what the catalog knows in full is
    /// taken from there, the rest is read and kept in it, what is gone leaves it.
    package func readSnapshots(catalog: Catalog) async throws(HoldfastError) -> [SnapshotView] {
        let objects = try await listRecords()
        let known = Dictionary(catalog.snapshots().map { ($0.id, $0) }) { first, _ in first }
        catalog.remove(known.keys.filter { objects[$0] == nil })
        var views: [SnapshotView] = []
        views.reserveCapacity(objects.count)
        var unseen: [(id: SnapshotID, records: [Int: StoredObject])] = []
        for (id, records) in objects {
            if let view = known[id]?.view(listed: records) { views.append(view) } else { unseen.append((id, records)) }
        }
        while !unseen.isEmpty {
            let batch = Array(unseen.suffix(Self.batchCount))
            unseen.removeLast(batch.count)
            let read = try await readViews(batch)
            catalog.store(read.compactMap { view in view.cached(listed: objects[view.id] ?? [:]).map { ($0, view.packs) } })
            views += read.map(\.withoutPackTable)
        }
        return views.sorted { $0.id < $1.id }
    }

    private func listRecords() async throws(HoldfastError) -> [SnapshotID: [Int: StoredObject]] {
        let listed: [StoredObject]
        do { listed = try await store.list(.snapshots) } catch { throw .store(error) }
        return listed.reduce(into: [:]) { objects, object in
            if case .record(let n, let id) = object.name.parsed { objects[id, default: [:]][n] = object }
        }
    }

    private func readViews(
        _ batch: [(id: SnapshotID, records: [Int: StoredObject])]
    ) async throws(HoldfastError) -> [SnapshotView] {
        let views = ViewCollection()
        try await forEach(Array(batch.indices), atMost: Self.readsAtOnce) { (index) throws(HoldfastError) in
            if let view = try await readView(batch[index].id, batch[index].records) { views.add(view) }
        }
        return views.all
    }
}

extension CachedSnapshot {
    /// Nil where the listing shows another log than the one that is cached.
    fileprivate func view(listed records: [Int: StoredObject]) -> SnapshotView? {
        guard records.count == length, records.keys.max() == length - 1 else { return nil }
        if let manifest, records[1]?.byteCount != manifest.byteCount { return nil }
        return SnapshotView(
            log: log, sum: manifest?.sum, packs: [], lastDigest: lastSum, times: records.mapValues(\.modified))
    }
}

extension SnapshotView {
    fileprivate var withoutPackTable: SnapshotView {
        SnapshotView(
            log: log, sum: sum, packs: [], lastDigest: lastDigest, times: times, startedAt: startedAt, problems: problems)
    }

    /// What can be kept: a log that has its outcome and was read without a problem.
    fileprivate func cached(listed records: [Int: StoredObject]) -> CachedSnapshot? {
        guard problems.isEmpty, let start = log.start, let lastDigest else { return nil }
        let (outcome, startSum): (CachedSnapshot.Outcome, Digest)
        switch log.outcome {
        case .manifest(let header):
            guard let sum, let object = records[1] else { return nil }
            (outcome, startSum) = (.manifest(CachedManifest(header: header, sum: sum, byteCount: object.byteCount)), header.start)
        // An open snapshot is soon another; of an aborted one nobody needs the log.
        case .none, .aborted, .unreadable: return nil
        }
        return CachedSnapshot(
            id: id, start: start, startSum: startSum, outcome: outcome, records: log.records, lastSum: lastDigest)
    }
}
