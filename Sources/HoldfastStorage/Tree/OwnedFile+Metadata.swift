import CPosix
import Glibc

/// What a restore does to an open file or directory.
extension OwnedFile {
    func setMode(_ mode: mode_t) throws(PosixError) {
        let descriptor = descriptor
        try posix("chmod", path) { fchmod(descriptor, mode) }
    }

    func setOwner(_ uid: UInt32, _ gid: UInt32) throws(PosixError) {
        let descriptor = descriptor
        try posix("chown", path) { fchown(descriptor, uid, gid) }
    }

    /// Sets the time of the last change and leaves that of the last access.
    func setModified(_ nanoseconds: Int64) throws(PosixError) {
        let descriptor = descriptor
        let times = timespec.onlyModified(nanoseconds)
        try posix("futimens", path) { unsafe futimens(descriptor, times) }
    }

    /// Nil where the file system has none.
    var inodeFlags: UInt32? {
        var found: Int32 = 0
        return unsafe posix_get_inode_flags(descriptor, &found) == 0 ? UInt32(bitPattern: found) : nil
    }

    /// Sets those inode flags that `mask` names and keeps the others. A file system without flags is no error if none is asked for.
    func setInodeFlags(_ flags: UInt32, mask: UInt32) throws(PosixError) {
        guard let found = inodeFlags else {
            if flags & mask == 0 { return }
            throw PosixError(code: errno, operation: "FS_IOC_GETFLAGS", path: path)
        }
        let (descriptor, wanted) = (descriptor, found & ~mask | flags & mask)
        guard wanted != found else { return }
        try posix("FS_IOC_SETFLAGS", path) { posix_set_inode_flags(descriptor, Int32(bitPattern: wanted)) }
    }

    func setLength(_ length: Int) throws(PosixError) {
        let descriptor = descriptor
        try posix("ftruncate", path) { ftruncate(descriptor, length) }
    }

    /// Writes all of `bytes` from `offset` on.
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(PosixError) {
        let descriptor = descriptor
        let answer = unsafe bytes.withUnsafeBufferPointer { buffer in
            Result<Void, PosixError> { () throws(PosixError) in
                var rest = unsafe buffer[...]
                while unsafe !rest.isEmpty {
                    let part = unsafe UnsafeBufferPointer(rebasing: rest)
                    let position = unsafe offset + buffer.count - rest.count
                    let count = try posix("write", path) { unsafe pwrite(descriptor, part.baseAddress, part.count, position) }
                    unsafe rest = rest.dropFirst(count)
                }
            }
        }
        try answer.get()
    }

    /// Gives the bytes back to the file system, so that they read as zeros; false where it cannot.
    func punchHole(_ range: Range<Int>) -> Bool {
        fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, range.lowerBound, range.count) == 0
    }
}

extension timespec {
    /// The pair of times that `utimensat` takes, with that of the last access left alone.
    static func onlyModified(_ nanoseconds: Int64) -> [timespec] {
        [timespec(tv_sec: 0, tv_nsec: Int(posix_UTIME_OMIT)), timespec(nanoseconds: nanoseconds)]
    }
}
