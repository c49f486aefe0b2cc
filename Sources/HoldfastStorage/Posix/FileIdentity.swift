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

    /// What a path leads to; empty where nothing is there. No right to look into it is needed.
    package static func target(of path: String) throws(PosixError) -> Set<FileIdentity> {
        do throws(PosixError) {
            return [FileIdentity(try OwnedFile(open: path, Int32(posix_O_PATH)).status())]
        } catch  where error.code == ENOENT || error.code == ENOTDIR {
            return []
        }
    }

    init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
