import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import Synchronization

/// What all parts of one restore share.
final class RestoreContext: Sendable {
    let snapshot: OpenedSnapshot
    let target: RestoreTarget
    let options: RestoreOptions
    let progress: RestoreProgress
    let log = RestoreLog()
    private let openFiles = Mutex(0)
    /// Directories that were made up and not there before, by their paths in the target.
    private let madeUp = Mutex<Set<[UInt8]>>([])
    /// Where the snapshot has a directory and the target has none, by paths in the target; what is below them is not named.
    private let unmade = Mutex<Set<[UInt8]>>([])
    /// Files with several names that could not be restored, by their paths in the snapshot. The log forgets.
    private let failedFirsts = Mutex<[[UInt8]: RestoreFailure]>([:])
    /// What was left as it is, by its paths in the snapshot.
    private let spared = Mutex<[[UInt8]]>([])
    private let flagged = Mutex<[(entry: Entry, path: [UInt8])]>([])

    init(snapshot: OpenedSnapshot, target: RestoreTarget, options: RestoreOptions, progress: RestoreProgress) {
        self.snapshot = snapshot
        self.target = target
        self.options = options
        self.progress = progress
    }

    /// Counts files that are opened and closed, and answers whether more are open than should be.
    @discardableResult
    func countOpenFiles(_ change: Int) -> Bool {
        openFiles.withLock { count in
            count += change
            return count > options.limits.openFiles
        }
    }

    /// Whether a path of the snapshot lies above one that was backed up. Such a directory may have been a symbolic link, which was followed on
    /// the way; of all else that the link leads to the snapshot has nothing.
    func leadsToSource(_ path: [UInt8]) -> Bool { snapshot.body.source.paths.contains { $0.isBelow(path) } }

    /// Makes something in a directory of the target, in the place of what stands there if that may be overwritten, and of a directory if the
    /// snapshot does not have it and it may be removed.
    func make<Answer: Sendable>(
        _ path: [UInt8], in directory: RestoringDirectory, _ body: (_ replacing: Bool) throws(RestoreError) -> Answer
    ) throws(RestoreError) -> Answer {
        let replaces = options.overwrite != .never
        do throws(RestoreError) {
            return try directory.make(path, replacing: replaces, body)
        } catch .exists where replaces && options.deletesExtraneous {
            try ExtraneousRemoval(self).clear(path)
            return try directory.make(path, replacing: false, body)
        }
    }

    /// The directory was made, though the listing no longer tells of it.
    func noteMadeUp(_ path: [UInt8]) { madeUp.withLock { _ = $0.insert(path) } }

    /// Whether a directory that the listing no longer tells of came to be in this restore: one that stood before keeps its metadata.
    func hasMadeUp(_ path: [UInt8]) -> Bool { madeUp.withLock { $0.contains(path) } }

    /// The directory could not be made, or something else stays in its place.
    func noteUnmade(_ path: [UInt8]) { unmade.withLock { _ = $0.insert(path) } }

    func isUnmade(_ path: [UInt8]) -> Bool { unmade.withLock { $0.contains(path) } }

    /// What stands at a path of the snapshot is spared.
    func noteSpared(_ path: [UInt8]) { spared.withLock { $0.append(path) } }

    var sparedPaths: [[UInt8]] { spared.withLock(\.self) }

    /// Something that is no directory could not be restored: no other name of it may be linked to what stands at this one.
    func fail(_ entry: Entry, _ failure: RestoreFailure) {
        log.add(failure)
        if entry.linkCount > 1 { failedFirsts.withLock { $0[entry.path] = failure } }
    }

    /// Why the first name of a file could not be restored, if it could not.
    func failure(of first: LinkedFiles.First) -> RestoreFailure? { failedFirsts.withLock { $0[first.source] } }

    /// The file's inode flags are to be applied once all of its names are there.
    func deferFlags(of entry: Entry, at path: [UInt8]) { flagged.withLock { $0.append((entry, path)) } }

    /// Applies them.
    func applyDeferredFlags() {
        for (entry, path) in flagged.withLock({ $0 }) {
            report(entry, target.applyMetadata(path, entry, syncs: options.verifies))
        }
    }

    /// Reports a path of which something could not be restored; throws what is no damage of one path but ends the restore.
    func report(_ path: [UInt8], _ error: HoldfastError) throws(HoldfastError) {
        guard let failure = RestoreFailure(path, damage: error) else { throw error }
        log.add(failure)
    }

    /// Reports parts of the listing that could not be read; `note` says what came of it where `--delete` was asked for.
    func report(_ gaps: [ListingGap], removing note: String) throws(HoldfastError) {
        for gap in gaps { log.add(try RestoreFailure(gap)) }
        if options.deletesExtraneous, !gaps.isEmpty { log.note(note) }
    }

    /// Has the disk take the names in a directory of the target, if told to verify. `source`: its path in the snapshot.
    func sync(_ path: [UInt8], _ source: [UInt8]) {
        guard options.verifies else { return }
        do throws(RestoreError) { try target.sync(path) } catch { log.add(RestoreFailure(source, error)) }
    }

    /// Reports what the target's file system refused.
    func report(_ entry: Entry, _ errors: [RestoreError]) {
        for error in errors { log.add(RestoreFailure(entry.path, error)) }
    }
}
