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
            writeAttributes(try holder(of: name, in: parent))
        }
        if entry.kind != .symlink {
            attempt { () throws(PosixError) in try parent.setMode(mode(of: parent.status(of: name)), of: name) }
        }
        attempt { () throws(PosixError) in try parent.setModified(entry.modified, of: name) }
    }

    /// Whether what is at a name, as `lstat` tells of it, has the owner, mode and attributes that it would be given.
    func isApplied(to existing: Entry, at name: FileName, in parent: borrowing OwnedFile) throws(PosixError) -> Bool {
        if isPrivileged, existing.uid != entry.uid || existing.gid != entry.gid { return false }
        if entry.kind != .symlink, existing.mode != mode(uid: existing.uid, gid: existing.gid) { return false }
        do throws(PosixError) {
            return try hasAttributes(holder(of: name, in: parent))
        } catch  where error.code == ENOENT && existing.kind == .file {
            // A rescue system may have no /proc. What can be opened needs none.
            let file = try parent.open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            return try hasAttributes(.open(file.descriptor))
        }
    }

    private func hasAttributes(_ holder: AttributeHolder) throws(PosixError) -> Bool {
        let (names, written) = (try holder.names(path), entry.xattrs.filter(isWritten))
        guard !names.contains(where: isUnwanted), written.allSatisfy({ names.contains($0.name) }) else { return false }
        for attribute in written where try .inline(holder.value(attribute.name, path) ?? []) != attribute.value { return false }
        return true
    }

    private func holder(of name: FileName, in parent: borrowing OwnedFile) throws(PosixError) -> AttributeHolder {
        .path(try FileName(Array("/proc/self/fd/\(parent.descriptor)/".utf8) + name.bytes).terminated())
    }

    private func mode(of status: stat) -> mode_t { mode(uid: status.st_uid, gid: status.st_gid) }

    /// The mode, without set-id bits where the file belongs to somebody else than the one who set them.
    private func mode(uid: UInt32, gid: UInt32) -> mode_t {
        let isSameOwner = uid == entry.uid && gid == entry.gid
        return isSameOwner || entry.kind == .directory ? entry.mode : entry.mode & ~0o6000
    }

    /// Sets the entry's attributes and removes others, such as an ACL that came from the directory above.
    private func writeAttributes(_ holder: AttributeHolder) {
        attempt { () throws(PosixError) in
            for name in try holder.names(path) where isUnwanted(name) {
                attempt { () throws(PosixError) in try holder.remove(name, path) }
            }
        }
        for attribute in entry.xattrs where isWritten(attribute) {
            switch attribute.value {
            case .inline(let value): attempt { () throws(PosixError) in try holder.set(attribute.name, to: value, path) }
            case .ref: problems.append(.valueNotRead(path, attribute: attribute.name))
            }
        }
    }

    /// Those of the system need privileges.
    private func isWritten(_ attribute: ExtendedAttribute) -> Bool {
        isPrivileged || !attribute.name.starts(with: "trusted.".utf8) && !attribute.name.starts(with: "security.".utf8)
    }

    private func isUnwanted(_ name: [UInt8]) -> Bool { isRemovable(name) && !entry.xattrs.contains { $0.name == name } }

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
