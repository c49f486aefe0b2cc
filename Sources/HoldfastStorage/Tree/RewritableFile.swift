import Glibc
package import HoldfastModel

/// A regular file of the target that is rewritten where it stands, rather than replaced.
package struct RewritableFile: Sendable {
    package let file: RestoredFile
    package let identity: FileIdentity
    /// When it was opened.
    package let byteCount: Int
}

/// Who restores, as the kernel sees it.
package struct RestoringAccount: Sendable {
    package let user: UInt32
    package let group: UInt32
    /// Whether the process may give files away.
    package let isPrivileged: Bool

    package init(user: UInt32, group: UInt32, isPrivileged: Bool) {
        (self.user, self.group, self.isPrivileged) = (user, group, isPrivileged)
    }
}

extension Entry {
    /// Whether this file, as it was found, may get another's bytes in its place: under no other name, and open to nobody who could not
    /// read what comes. Whoever has a file open keeps it, whatever becomes of its mode.
    package func mayBeRewritten(as entry: Entry, by account: RestoringAccount) -> Bool {
        guard kind == .file, entry.kind == .file, linkCount == 1 else { return false }
        guard uid == account.user || account.isPrivileged && uid == entry.uid else { return false }
        let (group, open) = (account.isPrivileged ? entry.gid : account.group, mode & 0o077)
        return open & ~entry.mode == 0 && (open & 0o070 == 0 || gid == group)
    }
}

extension RestoreTarget {
    var account: RestoringAccount {
        RestoringAccount(user: geteuid(), group: getegid(), isPrivileged: isPrivileged)
    }

    /// Whether nobody but whoever may write to the snapshot's file can have written what an open file has.
    func mayBeRewritten(_ file: RestoredFile, as entry: Entry) throws(RestoreError) -> Bool {
        guard let found = try file.entry(), found.mayBeRewritten(as: entry, by: account) else { return false }
        return try !file.hasAccessList()
    }

    /// Opens what is at a path to rewrite what differs from the snapshot; nil where nothing is there, or something that must be
    /// replaced as a whole: no regular file, one with several names, with an access list, of another owner or open to more than
    /// the snapshot's, one that runs, or that the kernel lets nobody change.
    package func openToRewrite(_ path: [UInt8], as entry: Entry) throws(RestoreError) -> RewritableFile? {
        guard let found = try existing(path), found.mayBeRewritten(as: entry, by: account) else { return nil }
        do throws(RestoreError) {
            if !isPrivileged, found.mode & 0o600 != 0o600 {
                try at(path) { parent, name throws(PosixError) in try parent.setMode(found.mode | 0o600, of: name) }
            }
            let file = try openExisting(path, writable: true)
            guard try mayBeRewritten(file, as: entry), let opened = try file.entry() else { return nil }
            return RewritableFile(file: file, identity: opened.identity, byteCount: Int(clamping: opened.size))
        } catch .failed(_, let error) where Self.callsForReplacing.contains(error.code) {
            return nil
        }
    }

    /// What opening for writing fails with where a file runs, is immutable, or became something else meanwhile.
    private static let callsForReplacing: Set<Int32> = [ETXTBSY, EPERM, EACCES, EINVAL, ELOOP, ENOENT, ENXIO]
}
