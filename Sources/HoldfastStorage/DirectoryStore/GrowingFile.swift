import HoldfastCrypto
import HoldfastModel
import Synchronization

/// A file under `tmp/` that is written in parts and then becomes an object.
final class GrowingFile: GrowingObject {
    private enum State {
        case unbegun
        case written(StagedFile, byteCount: Int)
        /// A part is missing: it must not get a name.
        case broken
    }

    private let files: DirectoryFiles
    private let writes: BlockingQueue
    /// What errors are about: the object's own name is not known yet.
    private let temporary = ObjectName.temporary(Random.id())
    private let state = Mutex(State.unbegun)

    init(in files: DirectoryFiles, writes: BlockingQueue) {
        self.files = files
        self.writes = writes
    }

    func append(_ bytes: [UInt8]) async throws(StoreError) {
        try await writes.run { [self] () throws(StoreError) in
            do throws(StoreError) {
                let (staged, start) = try staged()
                try files.attempt(temporary) { () throws(PosixError) in try staged.file.writeDirect(bytes.span, at: start) }
                state.withLock { $0 = .written(staged, byteCount: start + bytes.count) }
            } catch {
                state.withLock { $0 = .broken }
                throw harmless(error)
            }
        }
    }

    func create(_ name: ObjectName) async throws(StoreError) {
        try await writes.run { [self] () throws(StoreError) in try files.place(try staged().file, as: name, .ifAbsent) }
    }

    private func staged() throws(StoreError) -> (file: StagedFile, byteCount: Int) {
        switch state.withLock(\.self) {
        case .unbegun: (try files.stage(temporary, for: temporary), 0)
        case .written(let file, let byteCount): (file, byteCount)
        case .broken: throw .unavailable(temporary.text, detail: "a part of it could not be written")
        }
    }

    /// Nothing that stands is damaged where a new file cannot be written.
    private func harmless(_ error: StoreError) -> StoreError {
        switch error {
        case .damaged(_, let detail): .unavailable(temporary.text, detail: detail)
        case .notFound: .unavailable(temporary.text, detail: "no such file or directory")
        default: error
        }
    }
}
