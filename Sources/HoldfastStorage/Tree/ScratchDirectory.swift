import CPosix
import Glibc
import HoldfastCrypto
import HoldfastModel

/// A fresh directory for what may be thrown away and nobody else may see. It is held by a lock while its process lives: what a process
/// that was killed has left is removed by the next one.
package final class ScratchDirectory: Sendable {
    private static let prefix = "holdfast-drill-"
    private static let digitCount = 16
    /// Lies in each beside what is thrown away: what has it was made here, whatever else is called like it.
    private static let marker: FileName = "holdfast-drill"
    private static let contents: FileName = "tree"
    /// How often another process may take a fresh one for one that was left.
    private static let attempts = 8

    /// For what may be thrown away; empty at first.
    package let path: String
    private let above: RestoreTarget
    private let name: FileName
    private let directory: SharedFile

    /// Makes one below `parent`, and that with all above it where it is missing.
    package init(in parent: String) throws(PosixError) {
        try OwnedFile.makeDirectories(parent)
        let place = try OwnedFile(open: parent, O_RDONLY | O_DIRECTORY)
        above = try RestoreTarget(directory: parent)
        try Self.removeLeft(in: place, above)
        (name, directory) = try Self.make(in: place)
        path = "\(parent)/\(name)/\(Self.contents)"
    }

    private static func make(in parent: borrowing OwnedFile) throws(PosixError) -> (FileName, SharedFile) {
        for _ in 0..<attempts {
            let name = FileName(Array(prefix.utf8) + Hex.encode(Random.bytes(digitCount / 2)).utf8)
            guard try parent.makeDirectory(name) else { continue }
            guard let directory = try locked(name, in: parent) else {
                try removeEmpty(name, in: parent)
                continue
            }
            let nothing: [UInt8] = []
            _ = try directory.file.createFile(marker, nothing.span, mode: 0o600)
            guard try directory.file.makeDirectory(contents) else { continue }
            return (name, directory)
        }
        throw PosixError(code: EBUSY, operation: "mkdir", path: parent.path)
    }

    /// What is free on its file system for whoever asks, in bytes.
    package func freeByteCount() throws(PosixError) -> UInt64 {
        let descriptor = directory.file.descriptor
        var figures = statvfs()
        try posix("statvfs", path) { unsafe fstatvfs(descriptor, &figures) }
        let (byteCount, overflow) = UInt64(figures.f_bavail).multipliedReportingOverflow(by: UInt64(figures.f_frsize))
        return overflow ? .max : byteCount
    }

    /// Returns once all that is in it is on the disk.
    package func sync() throws(PosixError) {
        let descriptor = directory.file.descriptor
        try posix("syncfs", path) { syncfs(descriptor) }
    }

    /// Removes it with all that is in it.
    package func remove() throws(RestoreError) { try Self.remove(name, in: above) }

    /// The marker last: whoever is killed meanwhile has left what is known for what it is.
    private static func remove(_ name: FileName, in above: RestoreTarget) throws(RestoreError) {
        try above.remove(name.bytes.appending(contents.bytes))
        try above.remove(name.bytes)
    }

    private static func isOurs(_ name: some Collection<UInt8>) -> Bool {
        let digits = name.dropFirst(prefix.utf8.count)
        return name.starts(with: prefix.utf8) && digits.count == digitCount
            && digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Nil where another process holds it, or has removed it.
    private static func locked(_ name: FileName, in parent: borrowing OwnedFile) throws(PosixError) -> SharedFile? {
        do throws(PosixError) {
            let directory = try parent.open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            let descriptor = directory.descriptor
            try posix("flock", "\(name)") { flock(descriptor, LOCK_EX | LOCK_NB) }
            return SharedFile(directory)
        } catch  where error.code == EWOULDBLOCK || error.code == ENOENT {
            return nil
        }
    }

    private static func removeEmpty(_ name: FileName, in parent: borrowing OwnedFile) throws(PosixError) {
        do throws(PosixError) {
            try parent.removeDirectory(name)
        } catch  where [ENOTEMPTY, EEXIST, ENOENT].contains(error.code) {
            return
        }
    }

    private static func removeLeft(in parent: borrowing OwnedFile, _ target: RestoreTarget) throws(PosixError) {
        var names = DirectoryNames()
        try names.read(parent.descriptor, path: parent.path)
        for index in 0..<names.count where isOurs(names[index]) {
            let name = FileName(names[index])
            guard let status = try parent.status(ofTerminated: try name.terminated()), status.st_uid == geteuid(),
                status.st_mode & S_IFMT == S_IFDIR, let held = try locked(name, in: parent)
            else { continue }
            guard try held.file.status(ofTerminated: try marker.terminated()).map({ $0.st_mode & S_IFMT == S_IFREG }) == true
            else {
                // One that was killed before it laid the marker, or after it took it away, has left nothing.
                try removeEmpty(name, in: parent)
                continue
            }
            do throws(RestoreError) {
                try remove(name, in: target)
            } catch {
                throw PosixError(
                    code: EBUSY, operation: "remove what an earlier drill left (\(error.message))", path: held.file.path)
            }
        }
    }
}
