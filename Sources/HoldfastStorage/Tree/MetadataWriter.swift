import CPosix
import Glibc
import HoldfastModel

/// Applies an entry's metadata to one restored file, in the order that the kernel demands: flags that bind it are taken off; the owner, since
/// that clears set-id bits and capabilities; attributes while the mode still lets their owner write; then mode, times, inode flags.
///
/// Without privileges owners, and attributes that only the system sets, are not asked for.
final class MetadataWriter {
    /// With one of these a file takes no second name, and cannot be taken away.
    static let bindingFlags = UInt32(FS_APPEND_FL | FS_IMMUTABLE_FL)
    private static let restoredFlags = UInt32(FS_APPEND_FL | FS_IMMUTABLE_FL | FS_NODUMP_FL | FS_NOATIME_FL)

    private let path: [UInt8]
    private let entry: Entry
    private let isPrivileged: Bool
    /// What could not be applied.
    private(set) var problems: [RestoreError] = []

    init(path: [UInt8], entry: Entry, isPrivileged: Bool) {
        self.path = path
        self.entry = entry
        self.isPrivileged = isPrivileged
    }

    /// For regular files and directories.
    func apply(to file: borrowing OwnedFile) {
        if isPrivileged {
            attempt { () throws(PosixError) in try file.setInodeFlags(0, mask: Self.bindingFlags) }
            attempt { () throws(PosixError) in try file.setOwner(entry.uid, entry.gid) }
        }
        writeAttributes(.open(file.descriptor))
        attempt { () throws(PosixError) in try file.setMode(mode(of: try file.status())) }
        attempt { () throws(PosixError) in try file.setModified(entry.modified) }
        guard isPrivileged else { return }
        attempt { () throws(PosixError) in try file.setInodeFlags(entry.inodeFlags, mask: Self.restoredFlags) }
    }

    /// For what cannot be opened: links, FIFOs, sockets, devices.
    func apply(to name: FileName, in parent: borrowing OwnedFile) {
        if isPrivileged { attempt { () throws(PosixError) in try parent.setOwner(entry.uid, entry.gid, of: name) } }
        attempt { () throws(PosixError) in
            let place = FileName(Array("/proc/self/fd/\(parent.descriptor)/".utf8) + name.bytes)
            writeAttributes(.path(try place.terminated()))
        }
        if entry.kind != .symlink {
            attempt { () throws(PosixError) in try parent.setMode(mode(of: try parent.status(of: name)), of: name) }
        }
        attempt { () throws(PosixError) in try parent.setModified(entry.modified, of: name) }
    }

    /// The mode, without set-id bits where the file belongs to somebody else than the one who set them.
    private func mode(of status: stat) -> mode_t {
        let isSameOwner = status.st_uid == entry.uid && status.st_gid == entry.gid
        return isSameOwner || entry.kind == .directory ? entry.mode : entry.mode & ~0o6000
    }

    /// Sets the entry's attributes and removes others, such as an ACL that came from the directory above.
    private func writeAttributes(_ holder: AttributeHolder) {
        attempt { () throws(PosixError) in
            let wanted = Set(entry.xattrs.map(\.name))
            for name in try holder.names(path) where !wanted.contains(name) && isRemovable(name) {
                attempt { () throws(PosixError) in try holder.remove(name, path) }
            }
        }
        for attribute in entry.xattrs where isPrivileged || !isPrivilegedName(attribute.name) {
            switch attribute.value {
            case .inline(let value): attempt { () throws(PosixError) in try holder.set(attribute.name, to: value, path) }
            case .ref: problems.append(.valueNotRead(path, attribute: attribute.name))
            }
        }
    }

    private func isPrivilegedName(_ name: [UInt8]) -> Bool {
        name.starts(with: "trusted.".utf8) || name.starts(with: "security.".utf8)
    }

    /// Labels that the system itself puts on every file stay.
    private func isRemovable(_ name: [UInt8]) -> Bool {
        if name.starts(with: "user.".utf8) || name.starts(with: "system.posix_acl_".utf8) { return true }
        return isPrivileged && (name.starts(with: "trusted.".utf8) || name.elementsEqual("security.capability".utf8))
    }

    private func attempt(_ body: () throws(PosixError) -> Void) {
        do throws(PosixError) {
            try body()
        } catch {
            problems.append(.failed(path, error))
        }
    }
}
