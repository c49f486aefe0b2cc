import CPosix
import Glibc
import HoldfastModel
import Synchronization

extension DirectoryFiles {
    /// A record's absence is durable when this returns: its start record must be gone for good before the rest goes. A pack that
    /// comes back after a crash has no start record above it any more, and the next prune finds it by its owner.
    func delete(_ name: ObjectName) throws(StoreError) {
        do throws(PosixError) {
            try root.unlink(name.file)
        } catch {
            guard error.code == ENOENT, !isGone else { throw failure(error, name) }
        }
        try settle(name)
        try attempt(name) { () throws(PosixError) in try removeEmptyDirectory(of: name) }
    }

    /// A snapshot's own directories go with the last that was in them.
    private func removeEmptyDirectory(of name: ObjectName) throws(PosixError) {
        guard name.directories.count == 2, let directory = name.directories.last else { return }
        try tolerating([ENOTEMPTY, EEXIST, ENOENT]) { () throws(PosixError) in
            try root.removeDirectory(FileName(directory))
        }
    }

    /// Removes files under `tmp/`, and what was found empty. Returns how many files were removed.
    func removeTemporaries(olderThan limit: Timestamp) throws(StoreError) -> Int {
        try removeEmptyDirectories(olderThan: limit)
        var count = 0
        do throws(PosixError) {
            let directory = try root.openDirectory(Self.temporaries)
            for name in try directory.names() {
                try tolerating([ENOENT]) { () throws(PosixError) in
                    let status = try directory.status(of: name)
                    guard status.st_mode & S_IFMT == S_IFREG, Int64(status.st_mtim.tv_sec) < limit.seconds else { return }
                    try directory.unlink(name)
                    count += 1
                }
            }
        } catch  where error.code == ENOENT {
            guard !isGone else { throw .noRepository(path) }
        } catch {
            throw StoreError(error, on: "\(Self.temporaries)/")
        }
        return count
    }

    /// One that has been filled since stays; a writer that lives makes it again.
    private func removeEmptyDirectories(olderThan limit: Timestamp) throws(StoreError) {
        for directory in emptyDirectories.withLock({ $0 }).sorted() {
            do throws(PosixError) {
                try tolerating([ENOTEMPTY, EEXIST, ENOENT, ENOTDIR]) { () throws(PosixError) in
                    guard try Int64(root.status(of: FileName(directory)).st_mtim.tv_sec) < limit.seconds else { return }
                    try root.removeDirectory(FileName(directory))
                }
            } catch {
                throw StoreError(error, on: directory)
            }
        }
    }

    private func tolerating(_ codes: Set<Int32>, _ calls: () throws(PosixError) -> Void) throws(PosixError) {
        do throws(PosixError) {
            try calls()
        } catch  where codes.contains(error.code) {
            return
        }
    }
}
