import CPosix
import Glibc

extension OwnedFile {
    private static let memoryFileSystems: Set<UInt32> = [
        UInt32(TMPFS_MAGIC), UInt32(RAMFS_MAGIC), UInt32(HUGETLBFS_MAGIC),
    ]

    /// Whether the file lies on a file system that has nothing but memory, and so never writes a page back.
    func isInMemory() throws(PosixError) -> Bool {
        let descriptor = descriptor
        var found = statfs()
        try posix("statfs", path) { unsafe fstatfs(descriptor, &found) }
        return Self.memoryFileSystems.contains(UInt32(truncatingIfNeeded: found.f_type))
    }
}
