import CPosix
import FoundationEssentials
import Glibc
import HoldfastModel
import HoldfastStorage

/// A directory of a test's own, removed with all that is in it when the value goes.
final class RestoreScratch {
    let path: String

    init() throws {
        path = "/tmp/holdfast-restore-\(UUID().uuidString)"
        try called(unsafe mkdir(path, 0o755))
    }

    deinit {
        do throws(any Error) {
            let target = try RestoreTarget(directory: "/tmp")
            try target.remove(Array(path.utf8.dropFirst(5)))
        } catch {
            print("\(path) is left: \(error)")
        }
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func target(_ name: String = "t", isPrivileged: Bool = geteuid() == 0) throws -> RestoreTarget {
        try RestoreTarget(directory: Array(self(name).utf8), isPrivileged: isPrivileged)
    }

    func directory(_ name: String, mode: mode_t = 0o755) throws { try called(unsafe mkdir(self(name), mode)) }

    func file(_ name: String, _ text: String = "x") throws {
        let file = unsafe open(self(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try called(file)
        try called(unsafe Int32(write(file, text, text.utf8.count)))
        close(file)
    }

    func link(_ name: String, to target: String) throws { try called(unsafe symlink(target, self(name))) }

    func setTime(_ name: String, seconds: Int) throws {
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        try called(unsafe utimensat(AT_FDCWD, self(name), times, AT_SYMLINK_NOFOLLOW))
    }

    func status(_ name: String) throws -> Status {
        var status = stat()
        try called(unsafe lstat(self(name), &status))
        return Status(
            inode: UInt64(status.st_ino), mode: status.st_mode & 0o7777, uid: status.st_uid,
            allocatedByteCount: Int(status.st_blocks) * 512, modifiedSeconds: status.st_mtim.tv_sec)
    }

    /// What the tests look at of an `lstat`.
    struct Status {
        let inode: UInt64
        let mode: UInt32
        let uid: UInt32
        let allocatedByteCount: Int
        let modifiedSeconds: Int
    }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: self(name)))) }
    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// All paths below a directory, in listing order: a directory with a slash at its end, a link with where it leads.
    func tree(_ name: String) -> [String] {
        entries(name).map { entry in
            let path = String(decoding: entry.path, as: UTF8.self)
            return switch entry.kind {
            case .directory: path + "/"
            case .symlink: path + " -> " + String(decoding: entry.linkTarget, as: UTF8.self)
            default: path
            }
        }
    }

    /// Every entry below a directory, relative to it, with all metadata but the numbers of this one file system.
    func entries(_ name: String) -> [Entry] {
        let prefix = Array(self(name).utf8.dropFirst()) + [0x2F]
        let walk = TreeWalk(roots: [Array(self(name).utf8)], filter: WalkFilter()) { print("walk: \($0)") }
        var entries: [Entry] = []
        while var entry = walk.next() {
            guard entry.path.starts(with: prefix) else { continue }
            _ = Metadata.complete(&entry)
            entry.path.removeFirst(prefix.count)
            (entry.inode, entry.device, entry.changed, entry.isRacy) = (0, 0, 0, false)
            entries.append(entry)
        }
        return entries
    }
}

struct CallFailed: Error {
    let code: Int32
}

func called(_ result: Int32) throws {
    if result < 0 { throw CallFailed(code: errno) }
}
