import CPosix
import Glibc
import HoldfastCrypto
import HoldfastModel
import Synchronization

extension DirectoryFiles {
    enum Placing {
        case ifAbsent, replacing
    }

    static let temporaries: FileName = "tmp"

    /// How often a directory is made again that a pruner removes from under a writer; each time takes a pruner of its own.
    private static let attempts = 16

    /// Writes a file under `tmp/`, syncs it, and gives it the object's name.
    func write(_ name: ObjectName, _ bytes: [UInt8], _ placing: Placing) throws(StoreError) {
        let staged = try stage(.temporary(Random.id()), for: name)
        try attempt(name) { () throws(PosixError) in try staged.file.writeDirect(bytes.span, at: 0) }
        try place(staged, as: name, placing)
    }

    /// Makes an empty file under `tmp/`. An error is about `name`.
    func stage(_ temporary: ObjectName, for name: ObjectName) throws(StoreError) -> StagedFile {
        let file = try attempt(name) { () throws(PosixError) in
            try root.makeDirectory(Self.temporaries)
            return try root.createFile(temporary.file, mode: 0o600) { _ throws(PosixError) in }
        }
        return StagedFile(file, temporary.file, in: self)
    }

    /// Syncs a file and gives it its object's name.
    func place(_ staged: StagedFile, as name: ObjectName, _ placing: Placing) throws(StoreError) {
        try attempt(name) { () throws(PosixError) in try staged.file.sync() }
        try place(staged.file, staged.temporary, as: name, placing)
        do throws(PosixError) {
            try syncDirectory(of: name)
        } catch {
            throw .unclear(name)
        }
    }

    private func place(
        _ file: borrowing OwnedFile, _ temporary: FileName, as name: ObjectName, _ placing: Placing
    ) throws(StoreError) {
        for _ in 0..<Self.attempts {
            do throws(PosixError) {
                try makeDirectories(of: name)
                return try move(temporary, to: name.file, placing)
            } catch {
                if try bears(file, name) { return }
                switch error.code {
                case ENOENT where !isGone: forgetDirectories(of: name)
                case EEXIST: try settle(name); throw .exists(name)
                case EINVAL, ENOSYS, ENOTSUP: throw .unsuitable(path, detail: "no hard links, and \(error)")
                default: throw failure(error, name)
                }
            }
        }
        throw .unavailable(name.text, detail: "its directory was removed each of \(Self.attempts) times")
    }

    private func move(_ temporary: FileName, to name: FileName, _ placing: Placing) throws(PosixError) {
        switch placing {
        case .ifAbsent: try root.place(temporary, as: name)
        case .replacing: try root.rename(temporary, to: name)
        }
    }

    /// Whether the file has its name in spite of an error. A file server may repeat a call whose first answer was lost: then
    /// the second fails by the success of the first. A link count of two that no name explains is not taken for an answer,
    /// for it may as well be somebody's copy by hard links.
    private func bears(_ file: borrowing OwnedFile, _ name: ObjectName) throws(StoreError) -> Bool {
        let status: stat
        do throws(PosixError) { status = try file.status() } catch { throw .unclear(name) }
        do throws(PosixError) {
            return try FileIdentity(root.status(of: name.file)) == FileIdentity(status)
        } catch {
            guard error.code == ENOENT || error.code == ENOTDIR, status.st_nlink == 1 else { throw .unclear(name) }
            return false
        }
    }

    private func makeDirectories(of name: ObjectName) throws(PosixError) {
        var above = "."
        for directory in name.directories {
            if !durableDirectories.withLock({ $0.contains(directory) }) {
                try root.makeDirectory(FileName(directory))
                try sync(FileName(above))
                durableDirectories.withLock { _ = $0.insert(directory) }
            }
            above = directory
        }
    }

    private func forgetDirectories(of name: ObjectName) {
        durableDirectories.withLock { $0.subtract(name.directories) }
    }
}
