import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// What a drill is about to restore of a snapshot, and how much room that takes.
struct DrillDraft {
    /// What an entry takes besides its bytes, at most, in bytes.
    private static let entryByteCount: UInt64 = 4096
    let filter: RestoreFilter
    private var entryCount: UInt64 = 0
    private(set) var deviceCount = 0
    private var byteCount: UInt64 = 0
    private var links = LinkedFiles()

    /// In bytes; files with several names and holes are counted as what they take.
    var room: UInt64 { byteCount + entryCount * Self.entryByteCount }

    /// Draws from the snapshot's listing. What drew not a byte is widened: in a source of few large files one part in a hundred may
    /// hold nothing.
    static func draw(
        from snapshot: OpenedSnapshot, _ part: DrillPart, isPrivileged: Bool
    ) async throws(HoldfastError) -> DrillDraft {
        var sample = DrillSample(part.amount, of: snapshot.body.source.byteCount, at: part.sweep)
        while true {
            let draft = try await DrillDraft(of: snapshot, RestoreFilter(sample: sample, leavesOutDevices: !isPrivileged))
            guard draft.byteCount == 0, let drawn = sample else { return draft }
            sample = drawn.wider
        }
    }

    private init(of snapshot: OpenedSnapshot, _ filter: RestoreFilter) async throws(HoldfastError) {
        self.filter = filter
        let opener = snapshot.makeOpener()
        var reader = ListingReader(snapshot)
        while let entry = try await reader.next() {
            guard !Task.isCancelled else { throw .interrupted }
            if entry.kind == .characterDevice || entry.kind == .blockDevice { deviceCount += 1 }
            guard let parts = filter.parts(of: entry) else { continue }
            entryCount += 1
            guard entry.kind == .file, links.first(for: entry) == nil else { continue }
            links.add(entry, at: entry.path)
            do throws(HoldfastError) {
                byteCount += try await Self.byteCount(of: entry, parts, in: snapshot, with: opener)
            } catch {
                // That a file's chunks do not add up, or its lists cannot be read, is told by the restore.
                guard error.isUnreadable else { throw error }
            }
        }
    }

    private static func byteCount(
        of entry: Entry, _ parts: [Range<UInt64>], in snapshot: OpenedSnapshot, with opener: borrowing ChunkOpener
    ) async throws(HoldfastError) -> UInt64 {
        var byteCount: UInt64 = 0
        var layout = FileLayout(entry)
        var references = try ReferenceReader(entry, in: snapshot)
        while let reference = try await references.next(with: opener) {
            let offset = try layout.place(reference)
            if parts.overlap(offset, byteCount: reference.byteCount) { byteCount += UInt64(reference.byteCount) }
        }
        return byteCount
    }
}
