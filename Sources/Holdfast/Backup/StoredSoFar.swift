import HoldfastFormat
import HoldfastModel
import Synchronization

/// How far a file has come that is on its way: whoever reads it tells, checkpoints ask.
final class StoredSoFar: Sendable {
    private struct State {
        var entry: Entry?
        var file: UnfinishedFile?
    }

    /// Telling copies up to a MiB of references: not for every batch.
    private static let stepByteCount = 4 << 20

    private let state = Mutex(State())

    /// Nil where it is not worth going on behind what is stored.
    var unfinished: UnfinishedFile? { state.withLock(\.file) }

    /// The file is read from its start, or anew.
    func begin(_ entry: Entry) {
        var bare = entry
        (bare.xattrs, bare.content, bare.pageMap) = ([], .refs([]), [])
        state.withLock { [bare] in $0 = State(entry: bare, file: nil) }
    }

    /// All of the file up to the collector's place is stored, and where it has a map, every page of that is in it.
    func note(_ collector: ReferenceCollector, map: PageMapWriter? = nil) {
        state.withLock { state in
            guard var entry = state.entry, collector.position >= (state.file?.byteCount ?? 0) + Self.stepByteCount else { return }
            // A stream is as long as what came of it.
            entry.size = max(entry.size, UInt64(collector.position))
            entry.content = collector.storedLists
            entry.pageMap = map?.packedReferences ?? []
            state.file = UnfinishedFile(
                entry: entry, byteCount: collector.position, references: collector.openList, openPageMap: map?.openMap)
        }
    }
}
