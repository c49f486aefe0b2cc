import HoldfastModel
import HoldfastStorage
import Synchronization

/// A regular file on its way into the target: created when its first bytes are there, beside one that stands and may not be rewritten, or
/// rewritten in its place; open while they come, finished by whoever writes the last. Any task may write.
final class RestoringFile: Sendable {
    /// The file as it was found, to be rewritten in its place.
    struct Existing {
        let file: RestoredFile
        /// In bytes, when it was found.
        let length: Int
    }

    private struct State {
        /// How many writes are to come, and one more while it is not known.
        var outstanding = 1
        var open: RestoredFile?
        /// Nil until the file was created or found.
        var identity: FileIdentity?
        /// Whether something may be there that was not looked at yet.
        var mayStand: Bool
        /// Nil where the file was created.
        var foundLength: Int?
        /// What stands at the file's name until the file, made beside it at a path of its own, takes its place; nil where it has its name from
        /// the start.
        var replacement: (stood: FileIdentity, beside: [UInt8])?
        /// Whether the restore has made or changed it.
        var isTouched = false
        var failure: RestoreFailure?
        /// Where its last byte ends.
        var end = 0
        /// Where its last chunk ends: what follows is a hole.
        var contentEnd = 0
    }

    /// Without its content, unless that is to be read back.
    let entry: Entry
    let path: [UInt8]
    let context: RestoreContext
    let directory: RestoringDirectory
    private let state: Mutex<State>

    init(_ entry: Entry, at path: [UInt8], in directory: RestoringDirectory, _ context: RestoreContext) {
        state = Mutex(State(mayStand: !directory.isNew && context.options.overwrite != .never))
        var entry = entry
        if !context.options.verifies { entry.content = .refs([]) }
        entry.pageMap = []
        self.entry = entry
        self.path = path
        self.directory = directory
        self.context = context
    }

    var failure: RestoreFailure? { state.withLock { $0.failure } }

    /// What stands at its name while it is made beside that, and where.
    var replacement: (stood: FileIdentity, beside: [UInt8])? { state.withLock { $0.replacement } }

    /// The file that was made, or is rewritten; nil as long as there is none.
    var identity: FileIdentity? { state.withLock { $0.identity } }

    /// Whether something may be there already that it is to be compared with.
    var mayStand: Bool { state.withLock { $0.mayStand || $0.foundLength != nil } }

    /// All of its chunks are known, and the last of them ends here.
    func noteContentEnd(_ end: UInt64) { state.withLock { $0.contentEnd = Int(clamping: end) } }

    /// One more write is to come.
    func expect() { state.withLock { $0.outstanding += 1 } }

    /// One thing less to come; true for whoever came last and must finish the file.
    func settle() -> Bool {
        state.withLock { state in
            state.outstanding -= 1
            return state.outstanding == 0
        }
    }

    /// The first failure is kept; nothing is written any more.
    func fail(_ failure: RestoreFailure) {
        state.withLock { state in
            if state.failure == nil { state.failure = failure }
        }
    }

    /// Writes at an offset, or fails the file.
    func write(_ bytes: Span<UInt8>, at offset: Int) {
        guard failure == nil else { return }
        do throws(RestoreError) {
            let file = try opened()
            let runs = context.options.isSparse ? DataRuns.find(in: bytes, at: offset) : [bytes.indices]
            if let existing = try existing() {
                try rewrite(bytes, runs, at: offset, of: existing)
            } else {
                for run in runs { try put(bytes.extracting(run), at: offset + run.lowerBound, in: file) }
            }
        } catch {
            fail(RestoreFailure(entry.path, error))
        }
    }

    /// Writes bytes, whatever is there.
    func put(_ bytes: Span<UInt8>, at offset: Int, in file: RestoredFile) throws(RestoreError) {
        try file.write(bytes, at: offset)
        state.withLock { $0.end = max($0.end, offset + bytes.count) }
        context.progress.update { $0.bytesWritten += UInt64(bytes.count) }
    }

    /// The open file, created where it is not there yet.
    func opened() throws(RestoreError) -> RestoredFile {
        try state.withLock { state throws(RestoreError) in
            if let found = try found(&state) { return found }
            let file = if let beside = state.replacement?.beside { try createdBeside(beside) } else { try created() }
            (state.identity, state.isTouched) = (try file.identity, true)
            hold(file, &state)
            return file
        }
    }

    /// The file as it was found, where it is rewritten in its place; nil where it was created, or is to be.
    func existing() throws(RestoreError) -> Existing? {
        try state.withLock { state throws(RestoreError) in
            guard let file = try found(&state), let length = state.foundLength else { return nil }
            return Existing(file: file, length: length)
        }
    }

    /// The open file where it was created already, or where there is one to be rewritten; what else is there is looked at once.
    private func found(_ state: inout State) throws(RestoreError) -> RestoredFile? {
        if let open = state.open { return open }
        if let identity = state.identity {
            let file = try reopened(identity, at: state.replacement?.beside ?? path)
            hold(file, &state)
            return file
        }
        guard state.mayStand else { return nil }
        state.mayStand = false
        guard let existing = try context.target.existing(path) else { return nil }
        // It may have come while the files before it were restored.
        guard !context.spares(existing.identity, at: path) else { throw .spared(path) }
        try directory.refuseAnothers(existing)
        guard existing.kind == .file else { return nil }
        var found = try context.target.openToRewrite(path, as: entry)
        try directory.take(existing)
        if found == nil {
            // It is kept until the new one is whole, which may never be.
            let (beside, left) = try placeBeside()
            (state.replacement, found) = ((existing.identity, beside), left)
        }
        guard let rewritable = found else { return nil }
        (state.identity, state.foundLength, state.end) = (rewritable.identity, rewritable.byteCount, rewritable.byteCount)
        hold(rewritable.file, &state)
        return rewritable.file
    }

    private func hold(_ file: RestoredFile, _ state: inout State) {
        state.open = file
        context.countOpenFiles(1)
    }

    /// Before the first change of a file that was there.
    func beginRewriting(_ file: RestoredFile) throws(RestoreError) {
        try state.withLock { state throws(RestoreError) in
            guard !state.isTouched else { return }
            try file.beginRewriting()
            state.isTouched = true
        }
    }

    /// Brings the file to its length, with a hole where its last chunk ends before.
    func bringToLength() throws(RestoreError) {
        let file = try opened()
        if let existing = try existing() { try clear(state.withLock(\.contentEnd)..<Int(clamping: entry.size), of: existing) }
        guard state.withLock({ UInt64($0.end) }) != entry.size else { return }
        try beginRewriting(file)
        try file.setLength(entry.size)
    }

    /// Closes the file while too many are open; the next write opens it again.
    func closeIfCrowded() {
        release(
            state.withLock { state in
                guard state.outstanding > 0, context.countOpenFiles(0) else { return nil }
                return state.open.take()
            })
    }

    /// Closes the file. Where the system says only then that it could not write it, the file has failed.
    func close() { release(state.withLock { $0.open.take() }) }

    private func release(_ file: RestoredFile?) {
        guard let file else { return }
        context.countOpenFiles(-1)
        do throws(RestoreError) { try file.flush() } catch { fail(RestoreFailure(entry.path, error)) }
    }

    /// Closes the file and takes it away where anything was written to it, so that no part looks like the whole, or it has no name of its own.
    /// What it was to replace stays, and so does what somebody else has put in its place meanwhile.
    func abandon() {
        close()
        let (identity, beside) = state.withLock {
            ($0.isTouched || $0.replacement != nil ? $0.identity : nil, $0.replacement?.beside)
        }
        guard let identity else { return }
        do throws(RestoreError) {
            try context.target.removeFile(beside ?? path, identity)
        } catch {
            context.log.add(RestoreFailure(entry.path, error))
        }
    }

    /// The restore ends here: the next one goes on with what there is of the file, unless none can.
    func giveUp(after error: HoldfastError) {
        guard state.withLock({ $0.outstanding > 0 }) else { return }
        guard context.options.overwrite.takesUpHalfWritten else { return abandon() }
        if case .lostRace = error { abandon() } else { close() }
    }

    private func created() throws(RestoreError) -> RestoredFile {
        try context.make(path, in: directory) { replacing throws(RestoreError) in
            try context.target.createFile(path, size: 0, replacing: replacing)
        }
    }

    /// The same file as before: another one in its place, a link from outside say, is not written to.
    private func reopened(_ identity: FileIdentity, at path: [UInt8]) throws(RestoreError) -> RestoredFile {
        let file = try context.target.openExisting(path, writable: true)
        guard try file.identity == identity else { throw .exists(path) }
        return file
    }
}
