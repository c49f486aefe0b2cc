package import HoldfastModel

/// What a repository holds, counted without keys.
package struct RepositoryStatistics: Hashable, Sendable {
    package struct Share: Hashable, Sendable {
        package var snapshotCount = 0
        /// Bytes that these snapshots stored when they were taken.
        package var storedByteCount: UInt64 = 0
    }

    package private(set) var liveCount = 0
    package private(set) var trashCount = 0
    package private(set) var openCount = 0
    package private(set) var unreadableCount = 0
    package private(set) var packCount = 0
    /// Of all packs that a snapshot refers to, each counted once.
    package private(set) var packByteCount: UInt64 = 0
    /// What the snapshots would take without deduplication and compression between them: each one's own packs, summed.
    package private(set) var referredByteCount: UInt64 = 0
    package private(set) var byCMK: [CMK: Share] = [:]
    package private(set) var bySource: [String: Share] = [:]

    /// Reads every log and pack table.
    package static func read(_ repository: Repository) async throws(HoldfastError) -> RepositoryStatistics {
        var statistics = RepositoryStatistics()
        var seen: Set<Digest> = []
        try await repository.forEachSnapshot(isReliedOn: false) { (view) throws(HoldfastError) in statistics.add(view, &seen) }
        return statistics
    }

    private mutating func add(_ view: SnapshotView, _ seen: inout Set<Digest>) {
        switch view.log.state {
        case .live: liveCount += 1
        case .trash: trashCount += 1
        case .open: openCount += 1
        case .unreadable: unreadableCount += 1
        case .void, .aborted, .deleting: return
        }
        for pack in view.packs {
            referredByteCount += UInt64(pack.byteCount)
            guard seen.insert(pack.id).inserted else { continue }
            packCount += 1
            packByteCount += UInt64(pack.byteCount)
        }
        guard let header = view.log.header else { return }
        for cmk in Set(view.log.envelopes.map(\.cmk)) { byCMK[cmk, default: Share()].add(header) }
        bySource["\(header.node)/\(header.source)", default: Share()].add(header)
    }
}

extension RepositoryStatistics.Share {
    fileprivate mutating func add(_ header: ManifestHeader) {
        snapshotCount += 1
        storedByteCount = storedByteCount.addingSaturated(header.bytesStored)
    }
}
