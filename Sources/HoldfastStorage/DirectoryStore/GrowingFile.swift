import HoldfastCrypto
import HoldfastModel
import Synchronization

/// A file under `tmp/` that is written in parts and then becomes an object.
final class GrowingFile: GrowingObject {
    private struct Written {
        var file: StagedFile?
        var byteCount = 0
    }

    private let files: DirectoryFiles
    private let writes: BlockingQueue
    /// What errors are about: the object's own name is not known yet.
    private let temporary = ObjectName.temporary(Random.id())
    private let written = Mutex(Written())

    init(in files: DirectoryFiles, writes: BlockingQueue) {
        self.files = files
        self.writes = writes
    }

    func append(_ bytes: [UInt8]) async throws(StoreError) {
        try await writes.run { [self] () throws(StoreError) in
            let (staged, start) = (try staged(), written.withLock(\.byteCount))
            try files.attempt(temporary) { () throws(PosixError) in try staged.file.writeDirect(bytes.span, at: start) }
            written.withLock { $0.byteCount += bytes.count }
        }
    }

    func create(_ name: ObjectName) async throws(StoreError) {
        try await writes.run { [self] () throws(StoreError) in try files.place(try staged(), as: name, .ifAbsent) }
    }

    private func staged() throws(StoreError) -> StagedFile {
        if let file = written.withLock(\.file) { return file }
        let file = try files.stage(temporary, for: temporary)
        written.withLock { $0.file = file }
        return file
    }
}
