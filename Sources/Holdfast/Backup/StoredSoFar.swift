import HoldfastFormat
import HoldfastModel
import Synchronization

/// How far a file has come that is on its way: whoever stores it tells, checkpoints ask.
final class StoredSoFar: Sendable {
    enum Progress {
        /// Nothing that is worth going on from.
        case none
        /// What an interrupted run had stored of it, and nobody has taken up yet: only that run's checkpoint knows of it.
        case resuming
        case beginning(UnfinishedFile)
        /// All of it, though nobody has listed it yet.
        case whole(Entry)
    }

    private struct State {
        var entry: Entry?
        var progress = Progress.none
        var byteCount = 0
        /// So much of it an interrupted run had stored, in bytes: until as much is stored again, that is worth more.
        var formerByteCount = 0
    }

    /// Telling copies up to a MiB of references: not for every batch.
    private static let stepByteCount = 4 << 20

    private let state: Mutex<State>

    /// `isResuming`: an interrupted run had stored a beginning.
    init(isResuming: Bool = false) { state = Mutex(State(progress: isResuming ? .resuming : .none)) }

    var progress: Progress { state.withLock(\.progress) }

    /// The file is read now: from its start, or behind what an interrupted run had stored of it.
    ///
    /// `formerByteCount`: what an interrupted run had stored of what has to be read from its start, in bytes.
    func begin(_ entry: Entry, isResuming: Bool = false, formerByteCount: Int = 0) {
        var bare = entry
        (bare.xattrs, bare.content, bare.pageMap) = ([], .refs([]), [])
        state.withLock { [bare] in
            $0 = State(
                entry: bare, progress: isResuming || formerByteCount > 0 ? .resuming : .none, formerByteCount: formerByteCount)
        }
    }

    /// All of the file up to the collector's place is stored, and where it has a map, every page of that is in it.
    func note(_ collector: ReferenceCollector, map: PageMapWriter? = nil) {
        state.withLock { state in
            guard var entry = state.entry, collector.position - state.byteCount >= Self.stepByteCount,
                collector.position >= state.formerByteCount
            else { return }
            // A stream is as long as what came of it.
            entry.size = max(entry.size, UInt64(collector.position))
            entry.content = collector.storedLists
            entry.pageMap = map?.packedReferences ?? []
            state.byteCount = collector.position
            do throws(FormatError) {
                state.progress = .beginning(
                    try UnfinishedFile(
                        entry: entry, byteCount: collector.position, references: collector.openList, openPageMap: map?.openMap))
            } catch {
                // More than a checkpoint can say: what it says already stays true.
            }
        }
    }

    /// It is stored, or could not be.
    func finish(_ entry: Entry?) { state.withLock { $0.progress = entry.map(Progress.whole) ?? .none } }
}
