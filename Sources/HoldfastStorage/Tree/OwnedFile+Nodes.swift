import CPosix
import Glibc

/// Calls on names in an open directory that only a restore makes; none follows a symbolic link.
extension OwnedFile {
    func makeSymlink(_ name: FileName, target: FileName) throws(PosixError) {
        let (directory, bytes, target) = (descriptor, try name.terminated(), try target.terminated())
        try posix("symlink", shown(name)) { unsafe symlinkat(target, directory, bytes) }
    }

    func makeNode(_ name: FileName, mode: mode_t, device: UInt64) throws(PosixError) {
        let (directory, bytes) = (descriptor, try name.terminated())
        try posix("mknod", shown(name)) { unsafe mknodat(directory, bytes, mode, dev_t(device)) }
    }

    /// Gives a file a second name, in another directory.
    func link(_ name: FileName, as other: FileName, in directory: borrowing OwnedFile) throws(PosixError) {
        let (from, to) = (descriptor, directory.descriptor)
        let (bytes, otherBytes) = (try name.terminated(), try other.terminated())
        try posix("link", shown(name)) { unsafe linkat(from, bytes, to, otherBytes, 0) }
    }

    func setMode(_ mode: mode_t, of name: FileName) throws(PosixError) {
        let (directory, bytes) = (descriptor, try name.terminated())
        try posix("chmod", shown(name)) { unsafe fchmodat(directory, bytes, mode, AT_SYMLINK_NOFOLLOW) }
    }

    func setOwner(_ uid: UInt32, _ gid: UInt32, of name: FileName) throws(PosixError) {
        let (directory, bytes) = (descriptor, try name.terminated())
        try posix("chown", shown(name)) { unsafe fchownat(directory, bytes, uid, gid, AT_SYMLINK_NOFOLLOW) }
    }

    /// Sets the time of the last change and leaves that of the last access.
    func setModified(_ nanoseconds: Int64, of name: FileName) throws(PosixError) {
        let (directory, bytes) = (descriptor, try name.terminated())
        let times = timespec.onlyModified(nanoseconds)
        try posix("utimensat", shown(name)) { unsafe utimensat(directory, bytes, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Whether something is mounted at a name. Kernels before 5.8 know of no name that anything is.
    func isMountPoint(_ name: FileName) throws(PosixError) -> Bool {
        let (directory, bytes) = (descriptor, try name.terminated())
        return try posix("statx", shown(name)) { unsafe posix_is_mount_point(directory, bytes) } == 1
    }

    private func shown(_ name: FileName) -> String { "\(path)/\(name)" }
}
