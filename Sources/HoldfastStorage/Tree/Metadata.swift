import CPosix
import Glibc
package import HoldfastModel

/// What a listing keeps of a file beyond what `lstat` tells.
package enum Metadata {
    /// Reads the target of a link, extended attributes of every readable namespace (ACLs among them), the names of owner and
    /// group, and inode flags. Returns what could not be read; the rest is filled in, and the entry racy: what was not read is to be asked
    /// for again, by the next run and by one that goes on.
    package static func complete(_ entry: inout Entry) -> [SourceProblem] {
        let problems = read(&entry)
        entry.isRacy = entry.isRacy || !problems.isEmpty
        return problems
    }

    /// The same for a file that is open already, with fewer calls.
    package static func complete(_ entry: inout Entry, from file: borrowing SourceFile) -> [SourceProblem] {
        let problems = complete(&entry, open: file.descriptor)
        entry.isRacy = entry.isRacy || !problems.isEmpty
        return problems
    }

    private static func read(_ entry: inout Entry) -> [SourceProblem] {
        do throws(SourceProblem) {
            switch entry.kind {
            case .file, .directory: return try completeOpened(&entry)
            case .symlink: entry.linkTarget = try linkTarget(entry.path)
            case .fifo, .socket, .characterDevice, .blockDevice: break
            }
            return try completeByPath(&entry)
        } catch {
            return [error]
        }
    }

    private static func completeOpened(_ entry: inout Entry) throws(SourceProblem) -> [SourceProblem] {
        do throws(PosixError) {
            let noFollow = entry.kind == .file ? O_NOFOLLOW : O_DIRECTORY
            let file = try LongPath.open(entry.path, O_RDONLY | O_NONBLOCK | noFollow)
            guard FileIdentity(try file.status()) == entry.identity else {
                return [SourceProblem(path: entry.path, what: .replaced)]
            }
            return complete(&entry, open: file.descriptor)
        } catch  where error.code == EACCES || error.code == EPERM {
            return try completeByPath(&entry)
        } catch  where error.code == ELOOP {
            throw SourceProblem(path: entry.path, what: .replaced)
        } catch {
            throw SourceProblem(path: entry.path, error)
        }
    }

    private static func complete(_ entry: inout Entry, open file: Int32) -> [SourceProblem] {
        var flags: Int32 = 0
        entry.inodeFlags = unsafe posix_get_inode_flags(file, &flags) == 0 ? UInt32(bitPattern: flags) : 0
        return complete(&entry, .open(file))
    }

    private static func completeByPath(_ entry: inout Entry) throws(SourceProblem) -> [SourceProblem] {
        do throws(PosixError) {
            return try LongPath.withShortPath(entry.path) { complete(&entry, .path($0)) }
        } catch {
            throw SourceProblem(path: entry.path, error)
        }
    }

    private static func complete(_ entry: inout Entry, _ holder: AttributeHolder) -> [SourceProblem] {
        entry.ownerName = AccountNames.user(entry.uid)
        entry.groupName = AccountNames.group(entry.gid)
        entry.xattrs = []
        do throws(PosixError) {
            var problems: [SourceProblem] = []
            for name in try holder.names(entry.path) {
                do throws(PosixError) {
                    guard let value = try holder.value(name, entry.path) else { continue }
                    entry.xattrs.append(ExtendedAttribute(name: name, value: .inline(value)))
                } catch {
                    problems.append(SourceProblem(path: entry.path, error))
                }
            }
            return problems
        } catch {
            return [SourceProblem(path: entry.path, error)]
        }
    }

    /// Reads a link's target with a larger buffer while it does not fit.
    private static func linkTarget(_ path: [UInt8]) throws(SourceProblem) -> [UInt8] {
        var target = [CChar](repeating: 0, count: 256)
        do throws(PosixError) {
            while true {
                let size = target.count
                let count = try LongPath.call("readlink", path) { unsafe readlinkat($0, $1, &target, size) }
                if count < size { return target[..<count].map(UInt8.init(bitPattern:)) }
                target = [CChar](repeating: 0, count: size * 4)
            }
        } catch  where error.code == EINVAL {
            throw SourceProblem(path: path, what: .replaced)
        } catch {
            throw SourceProblem(path: path, error)
        }
    }
}
