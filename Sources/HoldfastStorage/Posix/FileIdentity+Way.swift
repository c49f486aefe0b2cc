import CPosix
import Dispatch
import Glibc
import Synchronization

extension FileIdentity {
    /// As many as the kernel follows.
    private static let linkLimit = 40

    /// What an absolute path leads to, and every symbolic link on the way there: whoever replaces one of those leads the path elsewhere. None
    /// where nothing is there.
    package static func all(at path: String) throws(PosixError) -> Set<FileIdentity> {
        let root = "/"
        var (found, linkCount): (Set<FileIdentity>, Int) = ([], 0)
        var directory = try OwnedFile(open: root, Int32(posix_O_PATH) | O_DIRECTORY)
        var pending = names(in: Array(path.utf8))
        do throws(PosixError) {
            while let name = pending.popLast() {
                let status = try directory.status(of: name)
                guard status.st_mode & S_IFMT == S_IFLNK else {
                    if pending.isEmpty { return found.union([FileIdentity(status)]) }
                    directory = try directory.open(name, Int32(posix_O_PATH) | O_DIRECTORY | O_NOFOLLOW)
                    continue
                }
                linkCount += 1
                guard linkCount <= linkLimit else { throw PosixError(code: ELOOP, operation: "open", path: path) }
                found.insert(FileIdentity(status))
                let target = try directory.linkTarget(of: name)
                pending += names(in: target)
                if target.first == UInt8(ascii: "/") { directory = try OwnedFile(open: root, Int32(posix_O_PATH) | O_DIRECTORY) }
            }
            return found.union([FileIdentity(try directory.status())])
        } catch  where error.code == ENOENT || error.code == ENOTDIR {
            return []
        }
    }

    /// Those of several paths, asked at once, of which something was told in time, be it an error: a file server that is gone lets go of
    /// nobody who asks.
    package static func answering(among paths: [String], secondsAtMost seconds: Int) -> Set<String> {
        let (answering, group) = (Answering(), DispatchGroup())
        for path in paths {
            DispatchQueue.global().async(group: group) {
                // Whether there is an answer counts here, and not what it is.
                do throws(PosixError) { _ = try all(at: path) } catch { _ = error }
                answering.paths.withLock { _ = $0.insert(path) }
            }
        }
        _ = group.wait(timeout: .now() + .seconds(seconds))
        return answering.paths.withLock(\.self)
    }

    private final class Answering: Sendable {
        let paths = Mutex<Set<String>>([])
    }

    /// The last one first.
    private static func names(in path: [UInt8]) -> [FileName] {
        path.split(separator: UInt8(ascii: "/")).map { FileName($0) }.reversed()
    }
}
