import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Synchronization

/// A regular file on its way into the target: created when its first bytes are there, open while they come, finished by whoever
/// writes the last. Any task may write.
final class RestoringFile: Sendable {
    /// A run of bytes that was written, to be read back.
    struct Piece: Sendable {
        let range: Range<Int>
        let digest: Digest
    }

    private struct State {
        /// How many writes are to come, and one more while it is not known.
        var outstanding = 1
        var open: RestoredFile?
        /// Nil until the file was created.
        var identity: FileIdentity?
        var failure: RestoreFailure?
        var pieces: [Piece] = []
        /// Where the last byte that was written ends.
        var end = 0
    }

    /// Without its content.
    let entry: Entry
    let path: [UInt8]
    let context: RestoreContext
    private let state = Mutex(State())

    init(_ entry: Entry, at path: [UInt8], _ context: RestoreContext) {
        var entry = entry
        (entry.content, entry.pageMap) = (.refs([]), [])
        self.entry = entry
        self.path = path
        self.context = context
    }

    var failure: RestoreFailure? { state.withLock { $0.failure } }

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
            for run in runs {
                try file.write(bytes.extracting(run), at: offset + run.lowerBound)
                noteWritten(upTo: offset + run.upperBound)
                context.progress.update { $0.bytesWritten += UInt64(run.count) }
            }
            if context.options.verifies { note(Piece(range: offset..<(offset + bytes.count), digest: SHA256.hash(bytes))) }
        } catch {
            fail(RestoreFailure(entry.path, error))
        }
    }

    /// The open file, created where it is not there yet.
    func opened() throws(RestoreError) -> RestoredFile {
        try state.withLock { state throws(RestoreError) in
            if let open = state.open { return open }
            let file: RestoredFile
            if let identity = state.identity { file = try reopened(identity) } else { file = try created() }
            state.identity = try file.identity
            state.open = file
            context.countOpenFiles(1)
            return file
        }
    }

    /// Closes the file while too many are open; the next write opens it again.
    func closeIfCrowded() {
        state.withLock { state in
            guard state.open != nil, state.outstanding > 0, context.countOpenFiles(0) else { return }
            state.open = nil
            context.countOpenFiles(-1)
        }
    }

    func close() {
        state.withLock { state in
            guard state.open != nil else { return }
            state.open = nil
            context.countOpenFiles(-1)
        }
    }

    /// Closes the file and takes away what was written of it, so that no part looks like the whole.
    func abandon() {
        close()
        guard state.withLock({ $0.identity != nil }) else { return }
        do throws(RestoreError) {
            try context.target.remove(path)
        } catch {
            context.log.add(RestoreFailure(entry.path, error))
        }
    }

    /// Abandons the file unless it is finished: the restore was given up.
    func abandonUnlessFinished() {
        if state.withLock({ $0.outstanding > 0 }) { abandon() }
    }

    /// Whether the file ends in a hole.
    var hasTail: Bool { state.withLock { UInt64($0.end) < entry.size } }

    private func noteWritten(upTo end: Int) { state.withLock { $0.end = max($0.end, end) } }

    func takePieces() -> [Piece] {
        state.withLock { state in
            defer { state.pieces = [] }
            return state.pieces
        }
    }

    private func note(_ piece: Piece) { state.withLock { $0.pieces.append(piece) } }

    private func created() throws(RestoreError) -> RestoredFile {
        let replaces = context.options.overwrite != .never
        do throws(RestoreError) {
            return try context.target.createFile(path, size: 0, replacing: replaces)
        } catch {
            // A directory stands there: the snapshot does not have it.
            guard case .exists = error, replaces, context.options.deletesExtraneous else { throw error }
            let count = try context.target.remove(path)
            context.progress.update { $0.filesDeleted += UInt64(count) }
            return try context.target.createFile(path, size: 0, replacing: false)
        }
    }

    /// The same file as before: another one in its place, a link from outside say, is not written to.
    private func reopened(_ identity: FileIdentity) throws(RestoreError) -> RestoredFile {
        let file = try context.target.openExisting(path, writable: true)
        guard try file.identity == identity else { throw .exists(path) }
        return file
    }
}
