import CPosix
import Glibc
import HoldfastModel

/// Something in a target, before it is removed.
package struct Removable: Sendable {
    /// Relative to the target.
    package let path: [UInt8]
    package let identity: FileIdentity
    /// Whether another file system begins there, or something is mounted there, be it a part of the same one.
    package let isMountPoint: Bool
    fileprivate let isDirectory: Bool
}

extension RestoreTarget {
    /// Removes a file, link or directory with all that is in it; links are removed and never followed. Nothing there is no error. Throws
    /// `mountPoint` rather than to remove what is mounted there, or below.
    /// Returns how many were removed.
    @discardableResult
    package func remove(_ path: [UInt8]) throws(RestoreError) -> Int {
        try remove(path) { found throws(RestoreError) in
            guard !found.isMountPoint else { throw .mountPoint(found.path) }
            return false
        }
    }

    /// Removes the same but what `stays`, with all that is in that and the directories above it. Returns how many were removed.
    package func remove(
        _ path: [UInt8], unless stays: (Removable) throws(RestoreError) -> Bool
    ) throws(RestoreError) -> Int {
        defer { cache.forget(path) }
        var pending = [(path: path, isEmptied: false)]
        // Directories in which something stays.
        var held: Set<[UInt8]> = []
        var count = 0
        while let next = pending.popLast() {
            if next.isEmptied {
                if held.remove(next.path) == nil {
                    count += try removeOne(next.path, isDirectory: true)
                } else {
                    held.insert(try RelativePath(next.path).parent)
                }
                continue
            }
            guard let found = try removable(next.path) else { continue }
            if try stays(found) {
                held.insert(try RelativePath(next.path).parent)
            } else if found.isDirectory {
                pending.append((next.path, isEmptied: true))
                pending += try openedUpNames(in: next.path).map { (next.path.appending($0), isEmptied: false) }
            } else {
                count += try removeOne(next.path, isDirectory: false)
            }
        }
        return count
    }

    /// Removes one file, and nothing that has taken its place since.
    package func removeFile(_ path: [UInt8], _ identity: FileIdentity) throws(RestoreError) {
        try at(path) { parent, name throws(PosixError) in
            do throws(PosixError) {
                guard FileIdentity(try parent.status(of: name)) == identity else { return }
                try whileReleased(name, in: parent) { () throws(PosixError) in try parent.unlink(name) }
            } catch  where error.code == ENOENT {}
        }
    }

    /// What is at a path; nil where nothing is.
    package func removable(_ path: [UInt8]) throws(RestoreError) -> Removable? {
        guard let found = try existing(path) else { return nil }
        let isDirectory = found.kind == .directory
        let isMountPoint = try at(path) { parent, name throws(PosixError) in
            if isDirectory, FileIdentity(try parent.status()).device != found.device { return true }
            return try parent.isMountPoint(name)
        }
        return Removable(path: path, identity: found.identity, isMountPoint: isMountPoint, isDirectory: isDirectory)
    }

    private func openedUpNames(in path: [UInt8]) throws(RestoreError) -> [[UInt8]] {
        try at(path) { parent, name throws(PosixError) in
            try openUp(name, in: parent, mode: parent.status(of: name).st_mode)
        }
        return try names(in: path)
    }

    /// How many were removed: none where it is gone.
    private func removeOne(_ path: [UInt8], isDirectory: Bool) throws(RestoreError) -> Int {
        try at(path) { parent, name throws(PosixError) in
            do throws(PosixError) {
                try whileReleased(name, in: parent) { () throws(PosixError) in
                    try isDirectory ? parent.removeDirectory(name) : parent.unlink(name)
                }
                return 1
            } catch  where error.code == ENOENT {
                return 0
            }
        }
    }
}
