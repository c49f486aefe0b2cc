import CPosix
import Glibc

extension RestoreTarget {
    /// Removes a file, link or directory with all that is in it; links are removed and never followed. Nothing there is no error.
    package func remove(_ path: [UInt8]) throws(RestoreError) {
        defer { cache.forget() }
        var pending = [path]
        while let next = pending.last {
            if try removeOne(next) {
                pending.removeLast()
            } else {
                try at(next) { parent, name throws(PosixError) in
                    try openUp(name, in: parent, mode: parent.status(of: name).st_mode)
                }
                pending += try names(in: next).map { next.appending($0) }
            }
        }
    }

    /// False for a directory that is not empty.
    private func removeOne(_ path: [UInt8]) throws(RestoreError) -> Bool {
        try at(path) { parent, name throws(PosixError) in
            do throws(PosixError) {
                try removeNonDirectory(name, in: parent)
            } catch  where error.code == ENOENT {
                return true
            } catch  where error.code == EEXIST {
                return try removeEmptyDirectory(name, in: parent)
            }
            return true
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
