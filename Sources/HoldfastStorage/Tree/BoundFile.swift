import CPosix
import Glibc

/// A file or directory that nobody can change, link or take away, root neither, while it is immutable or append-only: that is taken off it.
struct BoundFile: ~Copyable {
    private let file: OwnedFile
    private let flags: UInt32

    /// Nil where what is at a name is not bound so.
    init?(releasing name: FileName, in directory: borrowing OwnedFile) throws(PosixError) {
        let kind = try directory.status(of: name).st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else { return nil }
        let file = try directory.open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let flags = (file.inodeFlags ?? 0) & MetadataWriter.bindingFlags
        guard flags != 0 else { return nil }
        try file.setInodeFlags(0, mask: flags)
        self.file = file
        self.flags = flags
    }

    /// Binds it again, unless it has lost its last name.
    func bind() throws(PosixError) {
        guard try file.status().st_nlink > 0 else { return }
        try file.setInodeFlags(flags, mask: flags)
    }
}

/// What root does to bound files of a target: the snapshot's flags come at the end, with all other metadata.
extension RestoreTarget {
    /// Releases what is at a name; false where it is not bound, or whoever asks is not root.
    func release(_ name: FileName, in parent: borrowing OwnedFile) throws(PosixError) -> Bool {
        guard isPrivileged else { return false }
        return try BoundFile(releasing: name, in: parent) != nil
    }

    /// Opens what is at a name, releasing it where only that keeps it from being opened.
    func openReleased(_ name: FileName, _ flags: Int32, in parent: borrowing OwnedFile) throws(PosixError) -> OwnedFile {
        do throws(PosixError) {
            return try parent.open(name, flags)
        } catch  where error.code == EPERM {
            guard try release(name, in: parent) else { throw error }
            return try parent.open(name, flags)
        }
    }

    /// Takes a name from a file, or gives it one, which is bound afterwards as it was: it may have others outside the target.
    func whileReleased(
        _ name: FileName, in parent: borrowing OwnedFile, _ body: () throws(PosixError) -> Void
    ) throws(PosixError) {
        do throws(PosixError) {
            try body()
        } catch  where error.code == EPERM && isPrivileged {
            guard let bound = try BoundFile(releasing: name, in: parent) else { throw error }
            let outcome = Result { () throws(PosixError) in try body() }
            try bound.bind()
            try outcome.get()
        }
    }
}
