import CPosix
import Glibc

extension RestoreTarget {
    /// Removes a file, link or directory with all that is in it; links are removed and never followed. Nothing there is no error.
    /// Returns how many were removed.
    @discardableResult
    package func remove(_ path: [UInt8]) throws(RestoreError) -> Int {
        defer { cache.forget() }
        var pending = [path]
        var count = 0
        while let next = pending.last {
            if let removed = try removeOne(next) {
                pending.removeLast()
                count += removed
            } else {
                try at(next) { parent, name throws(PosixError) in
                    try openUp(name, in: parent, mode: parent.status(of: name).st_mode)
                }
                pending += try names(in: next).map { next.appending($0) }
            }
        }
        return count
    }

    /// How many were removed; nil for a directory that is not empty.
    private func removeOne(_ path: [UInt8]) throws(RestoreError) -> Int? {
        try at(path) { parent, name throws(PosixError) in
            do throws(PosixError) {
                try removeNonDirectory(name, in: parent)
            } catch  where error.code == ENOENT {
                return 0
            } catch  where error.code == EEXIST {
                return try removeEmptyDirectory(name, in: parent) ? 1 : nil
            }
            return 1
        }
    }

    private func removeEmptyDirectory(_ name: FileName, in parent: borrowing OwnedFile) throws(PosixError) -> Bool {
        do throws(PosixError) {
            try parent.removeDirectory(name)
            return true
        } catch  where error.code == ENOTEMPTY || error.code == EEXIST {
            return false
        }
    }
}
