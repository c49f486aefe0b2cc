import HoldfastFormat
import HoldfastModel

/// Compares two snapshots, path by path. Listing chunks that both have in common are not even read.
///
/// Hashes of chunks can be compared only where they were made with the same key, that of a lineage. Else sizes and times decide, and what has
/// another ctime alone may have other bytes.
package struct DiffSnapshots: Sendable {
    private let old: OpenedSnapshot
    private let new: OpenedSnapshot
    /// Whether hashes are compared: the snapshots are of one lineage.
    package let comparesContents: Bool

    package init(from old: OpenedSnapshot, to new: OpenedSnapshot) {
        self.old = old
        self.new = new
        comparesContents = old.body.lineage.id == new.body.lineage.id
    }

    /// Lends each change in the order of paths, and answers how many there were.
    package func run(_ body: (SnapshotChange) async throws -> Void) async throws -> DifferenceCounts {
        var counts = DifferenceCounts()
        var olds = ListingReader(old)
        var news = ListingReader(new)
        var (before, after): (Entry?, Entry?) = (nil, nil)
        while true {
            if before == nil, after == nil { skipCommonChunks(&olds, &news) }
            if before == nil { before = try await olds.next() }
            if after == nil { after = try await news.next() }
            guard before != nil || after != nil else { return counts }
            let order = Self.order(before, after)
            let pair = (before: order <= 0 ? before : nil, after: order >= 0 ? after : nil)
            if order <= 0 { before = nil }
            if order >= 0 { after = nil }
            guard let change = try await change(pair.before, pair.after) else { continue }
            counts.add(change.kind, pair.before, pair.after)
            try await body(change)
        }
    }

    private func skipCommonChunks(_ olds: inout ListingReader, _ news: inout ListingReader) {
        while comparesContents, let a = olds.chunkAhead, let b = news.chunkAhead, a.hash == b.hash {
            olds.skipChunk()
            news.skipChunk()
        }
    }

    /// Below zero where the older entry comes first; what is not there comes last.
    private static func order(_ before: Entry?, _ after: Entry?) -> Int {
        guard let before else { return 1 }
        guard let after else { return -1 }
        return PathOrder.compare(before.path, after.path)
    }

    private func change(_ before: Entry?, _ after: Entry?) async throws(HoldfastError) -> SnapshotChange? {
        guard let before else { return after.map { SnapshotChange(kind: .added, entry: $0) } }
        guard let after else { return SnapshotChange(kind: .removed, entry: before) }
        if before.kind != after.kind { return SnapshotChange(kind: .type, entry: after) }
        if try await isContentChanged(before, after) { return SnapshotChange(kind: .modified, entry: after) }
        if isUncertain(before, after) { return SnapshotChange(kind: .uncertain, entry: after) }
        let metadata = (old: try metadata(of: before, in: old), new: try metadata(of: after, in: new))
        return metadata.old == metadata.new ? nil : SnapshotChange(kind: .metadata, entry: after)
    }

    private func metadata(of entry: Entry, in snapshot: OpenedSnapshot) throws(HoldfastError) -> Metadata {
        var metadata = Metadata(entry: entry.metadata)
        guard comparesContents else { return metadata }
        for xattr in entry.xattrs {
            guard case .ref(let packed) = xattr.value else { continue }
            metadata.largeValues[xattr.name] = try snapshot.references(packed, of: entry).map(\.hash)
        }
        return metadata
    }

    /// Whether nothing but the ctime tells of a change that there may be in what is stored as chunks.
    private func isUncertain(_ before: Entry, _ after: Entry) -> Bool {
        guard !comparesContents, before.changed != after.changed else { return false }
        return after.kind == .file || before.hasLargeXattr || after.hasLargeXattr
    }

    private func isContentChanged(_ before: Entry, _ after: Entry) async throws(HoldfastError) -> Bool {
        if before.size != after.size || before.linkTarget != after.linkTarget || before.deviceNumber != after.deviceNumber {
            return true
        }
        guard before.kind == .file else { return false }
        guard comparesContents else { return before.modified != after.modified }
        if before.content == after.content { return false }
        return try await content(of: before, in: old) != content(of: after, in: new)
    }

    /// What identifies a file's bytes wherever they are stored.
    private func content(of entry: Entry, in snapshot: OpenedSnapshot) async throws(HoldfastError) -> [ContentRun] {
        var runs: [ContentRun] = []
        let opener = snapshot.makeOpener()
        try await snapshot.forEachReference(of: entry, with: opener) { (reference) throws(HoldfastError) in
            runs.append(
                ContentRun(hole: reference.hole, hash: reference.hash, from: reference.from, byteCount: reference.byteCount))
        }
        return runs
    }
}

/// All that is restored beside the bytes.
private struct Metadata: Equatable {
    let entry: Entry
    /// Of attributes whose values are chunks: their hashes, by the attributes' names.
    var largeValues: [[UInt8]: [Digest]] = [:]
}

private struct ContentRun: Hashable {
    let hole: UInt64
    let hash: Digest
    let from: UInt32
    let byteCount: Int
}

extension Entry {
    /// All that is restored beside the bytes, and is in the entry itself.
    fileprivate var metadata: Entry {
        var entry = Entry(path: path, kind: kind)
        (entry.mode, entry.uid, entry.gid) = (mode, uid, gid)
        // A directory's time changes with what is in it, which shows by itself.
        entry.modified = kind == .directory ? 0 : modified
        (entry.ownerName, entry.groupName, entry.inodeFlags) = (ownerName, groupName, inodeFlags)
        entry.xattrs = xattrs.filter { if case .inline = $0.value { true } else { false } }
        return entry
    }

    fileprivate var hasLargeXattr: Bool { xattrs.contains { if case .ref = $0.value { true } else { false } } }
}

extension DifferenceCounts {
    fileprivate mutating func add(_ kind: SnapshotChange.Kind, _ before: Entry?, _ after: Entry?) {
        counts[kind, default: 0] += 1
        guard kind != .metadata, kind != .uncertain else { return }
        addedByteCount = addedByteCount.addingSaturated(after?.size ?? 0)
        removedByteCount = removedByteCount.addingSaturated(before?.size ?? 0)
    }
}
