import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// What a drill is about to restore of a snapshot, and how much room that takes.
struct DrillDraft {
    /// What an entry takes besides its bytes, at most, in bytes.
    private static let entryByteCount: UInt64 = 4096
    /// A sample that drew nothing is drawn again, so many times at most: in a source of few large files one in a hundred may draw nothing.
    private static let attempts = 32

    let filter: RestoreFilter
    /// In bytes.
    private(set) var room: UInt64 = 0
    private(set) var deviceCount = 0
    private var entryCount = 0

    /// Draws from the snapshot's listing.
    static func draw(
        from snapshot: OpenedSnapshot, _ amount: DrillAmount, at sweep: DrillSweep, isPrivileged: Bool
    ) async throws(HoldfastError) -> DrillDraft {
        var sample = DrillSample(amount, of: snapshot.body.source.byteCount, at: sweep)
        for _ in 0..<attempts {
            let draft = try await DrillDraft(of: snapshot, RestoreFilter(sample: sample, leavesOutDevices: !isPrivileged))
            guard let drawn = sample, draft.entryCount == 0 else { return draft }
            sample = drawn.nextSample
        }
        return try await DrillDraft(of: snapshot, RestoreFilter(leavesOutDevices: !isPrivileged))
    }

    private init(of snapshot: OpenedSnapshot, _ filter: RestoreFilter) async throws(HoldfastError) {
        self.filter = filter
        let opener = snapshot.makeOpener()
        var reader = ListingReader(snapshot)
        while let entry = try await reader.next() {
            guard !Task.isCancelled else { throw .interrupted }
            if entry.kind == .characterDevice || entry.kind == .blockDevice { deviceCount += 1 }
            guard let parts = filter.parts(of: entry) else { continue }
            room += Self.entryByteCount
            guard entry.kind != .directory else { continue }
            entryCount += 1
            guard entry.kind == .file else { continue }
            // Holes take no room; that a file's chunks do not add up is told by the restore.
            var layout = FileLayout(entry)
            do throws(HoldfastError) {
                try await snapshot.forEachReference(of: entry, with: opener) { reference throws(HoldfastError) in
                    let offset = try layout.place(reference)
                    if parts.overlap(offset, byteCount: reference.byteCount) { room += UInt64(reference.byteCount) }
                }
            } catch {
                guard error.isDamage else { throw error }
            }
        }
    }
}
