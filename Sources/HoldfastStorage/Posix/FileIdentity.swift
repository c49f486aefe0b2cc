import CPosix
import Glibc

/// What tells one file from every other on this machine, whatever path leads to it.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    /// What is at a path, and where that is a symbolic link what it leads to; neither where nothing is there.
    package static func all(at path: String) throws(PosixError) -> Set<FileIdentity> {
        var found: Set<FileIdentity> = []
        for flags in [0, O_NOFOLLOW] {
            do throws(PosixError) {
                found.insert(FileIdentity(try OwnedFile(open: path, Int32(posix_O_PATH) | flags).status()))
            } catch  where error.code == ENOENT || error.code == ENOTDIR {
                continue
            }
        }
        return found
    }

    init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
