package import HoldfastCatalog
import HoldfastFormat
import HoldfastModel

extension Repository {
    /// How many of those that the catalog knows are transformed at once.
    private static let transformsAtOnce = 8192

    /// Every snapshot's log, from one listing, ascending by id, **without pack tables**: what the catalog knows in full is
    /// taken from there, the rest is read and kept in it, what is gone leaves it.
    package func readSnapshots(catalog: Catalog) async throws(HoldfastError) -> [SnapshotView] {
        var views: [SnapshotView] = []
        try await forEachSnapshot(catalog: catalog, known: Task { catalog.snapshots() }, as: { $0 }) { views.append($0) }
        return views.sorted { $0.id < $1.id }
    }

    /// Lends what `transform` makes of each, in no order. `known`: what the catalog had at any time before, ascending. The listing
    /// begins after the call, beside the reading of the catalog, and tells what of it still stands.
    func forEachSnapshot<Value: Sendable>(
        catalog: Catalog, known knownSnapshots: Task<[CachedSnapshot], Never>, as transform: @Sendable (SnapshotView) -> Value,
        _ body: (Value) -> Void
    ) async throws(HoldfastError) {
        let listing: LogListing
        do {
            listing = try await store.changedLogs {
                let known = await knownSnapshots.value
                return LogStamps(ascending: known.map(\.id), known.map(\.stamp))
            }
        } catch {
            throw .store(error)
        }
        let known = await knownSnapshots.value
        let isAsKnown = listing.changed.isEmpty && listing.gone.isEmpty
        let standing =
            isAsKnown ? known : known.filter { listing.changed[$0.id] == nil && !listing.gone.contains($0.id) }
        for start in stride(from: 0, to: standing.count, by: Self.transformsAtOnce) {
            let batch = standing[start..<min(start + Self.transformsAtOnce, standing.count)]
            for value in batch.concurrentMap({ transform($0.view) }) { body(value) }
        }
        catalog.remove(listing.gone)
        try await read(listing.changed, into: catalog) { body(transform($0)) }
    }

    private func read(
        _ logs: [SnapshotID: LogListing.Log], into catalog: Catalog, _ body: (SnapshotView) -> Void
    ) async throws(HoldfastError) {
        var rest = logs.map { (key: $0.key, value: $0.value.records) }[...]
        while !rest.isEmpty {
            let batch = Self.batch(rest)
            rest = rest.dropFirst(batch.count)
            let views = try await readViews(batch, isReliedOn: true)
            catalog.store(views.compactMap { view in view.cached(as: logs[view.id]) })
            for view in views { body(view.withoutPackTable) }
        }
    }
}

extension CachedSnapshot {
    fileprivate var view: SnapshotView {
        SnapshotView(
            log: log, sum: manifest?.sum, packs: [], lastDigest: lastSum,
            times: RecordTimes(contiguous: times))
    }
}

extension SnapshotView {
    var withoutPackTable: SnapshotView {
        SnapshotView(
            log: log, sum: sum, packs: [], lastDigest: lastDigest, times: times, startedAt: startedAt, problems: problems,
            unread: unread, missing: missing)
    }

    /// What can be kept: a log that has its manifest and was read without a problem, and of which the store can tell whether it
    /// changes. An open snapshot is soon another; of an aborted one nobody needs the log.
    fileprivate func cached(as listed: LogListing.Log?) -> CachedSnapshot? {
        guard problems.isEmpty, let start = log.start, let lastDigest, let listed, let stamp = listed.stamp,
            case .manifest(let header) = log.outcome, let sum, let object = listed.records[1]
        else { return nil }
        let manifest = CachedManifest(header: header, sum: sum, byteCount: object.byteCount)
        return CachedSnapshot(
            id: id, start: start, startSum: header.start, outcome: .manifest(manifest), records: log.records,
            lastSum: lastDigest, times: (0..<stamp.recordCount).compactMap { times[$0] }, stamp: stamp)
    }
}
