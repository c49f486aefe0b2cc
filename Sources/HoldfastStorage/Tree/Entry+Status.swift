import CPosix
import Glibc
package import HoldfastModel

extension Entry {
    /// What one `stat` call tells of a file; nil for a kind that no listing knows.
    ///
    /// - Parameters:
    ///   - now: nanoseconds since 1970, read just before or after the call.
    ///   - settling: as in `isRacy`.
    init?(path: [UInt8], status: stat, now: Int64, settling: Int64 = 0) {
        guard let kind = Kind(mode: status.st_mode) else { return nil }
        self.init(path: path, kind: kind)
        mode = status.st_mode & 0o7777
        (uid, gid) = (status.st_uid, status.st_gid)
        (modified, changed) = (status.st_mtim.nanoseconds, status.st_ctim.nanoseconds)
        (inode, device) = (UInt64(status.st_ino), UInt64(status.st_dev))
        size = kind == .file ? UInt64(clamping: status.st_size) : 0
        deviceNumber = kind == .characterDevice || kind == .blockDevice ? UInt64(status.st_rdev) : 0
        linkCount = UInt64(status.st_nlink)
        isRacy = Entry.isRacy(changed: changed, now: now, settling: settling)
    }

    /// Whether its mtime stands for another, which the format does not hold.
    package var hasNearestTime: Bool { modified == .max || modified == .min }

    /// Whether a change right after the call could leave the same ctime: within 50 ms, or 2 s where the file system
    /// seems to count whole seconds, or within `settling`, where that is longer (`docs/FORMAT.md`, section 4). A ctime ahead of the
    /// clock tells nothing either. All in nanoseconds.
    package static func isRacy(changed: Int64, now: Int64, settling: Int64 = 0) -> Bool {
        let resolution: Int64 = changed % 1_000_000_000 == 0 ? 2_000_000_000 : 50_000_000
        return now.subtractingReportingOverflow(changed).partialValue <= max(resolution, settling)
    }
}

extension Entry.Kind {
    fileprivate init?(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symlink
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        default: return nil
        }
    }
}

extension timespec {
    /// Since 1970; times that 64 bits of nanoseconds cannot hold (before 1677, after 2262) are taken as the nearest they can.
    fileprivate var nanoseconds: Int64 {
        let (seconds, overflow) = Int64(tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = seconds.addingReportingOverflow(Int64(tv_nsec))
        return overflow || carry ? (tv_sec < 0 ? .min : .max) : sum
    }

    init(nanoseconds: Int64) {
        let seconds = nanoseconds / 1_000_000_000 - (nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
        let rest = nanoseconds % 1_000_000_000
        self.init(tv_sec: Int(seconds), tv_nsec: Int(rest < 0 ? rest + 1_000_000_000 : rest))
    }

    /// The time of day as the kernel has it.
    static var now: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time.nanoseconds
    }
}
