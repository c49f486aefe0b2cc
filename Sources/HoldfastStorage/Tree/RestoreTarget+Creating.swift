import CPosix
import Glibc
import HoldfastCrypto
package import HoldfastModel

/// Everything is created for the owner alone; `applyMetadata` and `RestoredFile.finish` open it up at the end.
extension RestoreTarget {
    /// Makes a directory; one that is there is kept, and made writable for its owner where it is not. True for a new one.
    @discardableResult
    package func makeDirectory(_ path: [UInt8], replacingNonDirectory: Bool) throws(RestoreError) -> Bool {
        try at(path) { parent, name throws(PosixError) in
            if try parent.makeDirectory(name) { return true }
            let status = try parent.status(of: name)
            if status.st_mode & S_IFMT == S_IFDIR {
                try openUp(name, in: parent, mode: status.st_mode)
                return false
            }
            guard replacingNonDirectory else {
                throw PosixError(code: EEXIST, operation: "mkdir", path: path.displayPath)
            }
            try removeNonDirectory(name, in: parent)
            return try parent.makeDirectory(name)
        }
    }

    /// Lets an owner other than root write into a directory whose mode does not: one restored before, say.
    func openUp(_ name: FileName, in parent: borrowing OwnedFile, mode: mode_t) throws(PosixError) {
        guard !isPrivileged, mode & 0o700 != 0o700 else { return }
        try parent.setMode(mode & 0o7777 | 0o700, of: name)
    }

    /// Creates an empty file of a size: a hole until it is written to.
    package func createFile(_ path: [UInt8], size: UInt64, replacing: Bool) throws(RestoreError) -> RestoredFile {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        let opened = try create(path, replacing: replacing) { parent, name throws(PosixError) in
            SharedFile(try parent.open(name, flags, mode: 0o600))
        }
        let file = RestoredFile(opened, path: path, isPrivileged: isPrivileged)
        if size > 0 { try file.setLength(size) }
        return file
    }

    /// Where a file of a snapshot is made that is to replace what stands at a path: in the same directory, under a name that the next restore
    /// of it makes again, short whatever the other is. What a restore has left there is in no snapshot that it was made of.
    package static func pathBeside(_ path: [UInt8], of snapshot: SnapshotID) -> [UInt8] {
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        let hashed = snapshot.bytes + path[start...]
        let name = SHA256.hash(hashed.span).hex.prefix(32)
        return Array(path[..<start]) + Array(".holdfast-restoring-\(name)".utf8)
    }

    /// Gives a file the name of another in the same directory, which is gone then, immutable or not.
    package func move(_ path: [UInt8], to other: [UInt8]) throws(RestoreError) {
        let source = try RelativePath(path).name
        // Where a file system, or a file server, lets nothing be replaced so, that is taken away first.
        try create(other, replacing: true) { parent, name throws(PosixError) in
            do throws(PosixError) {
                try whileReleased(name, in: parent) { () throws(PosixError) in try parent.rename(source, to: name) }
            } catch  where error.code == EPERM {
                throw PosixError(code: EEXIST, operation: error.operation, path: error.path)
            }
        }
    }

    /// Opens a regular file that is there, to compare it and, if told, to rewrite what differs.
    ///
    /// Other names of the file outside the listing see what is written: look at `linkCount` first.
    package func openExisting(_ path: [UInt8], writable: Bool) throws(RestoreError) -> RestoredFile {
        let flags = (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK
        let opened = try at(path) { parent, name throws(PosixError) in
            let file = try openReleased(name, flags, in: parent)
            guard try file.status().st_mode & S_IFMT == S_IFREG else {
                throw PosixError(code: EINVAL, operation: "open", path: path.displayPath)
            }
            return SharedFile(file)
        }
        return RestoredFile(opened, path: path, isPrivileged: isPrivileged)
    }

    package func makeSymlink(_ path: [UInt8], target: [UInt8], replacing: Bool) throws(RestoreError) {
        try create(path, replacing: replacing) { parent, name throws(PosixError) in
            try parent.makeSymlink(name, target: FileName(target))
        }
    }

    /// Makes a FIFO, socket or device. Without the right to make devices this throws `failed` with EPERM.
    package func makeNode(_ path: [UInt8], like entry: Entry, replacing: Bool) throws(RestoreError) {
        try create(path, replacing: replacing) { parent, name throws(PosixError) in
            try parent.makeNode(name, mode: entry.kind.nodeType | 0o600, device: entry.deviceNumber)
        }
    }

    /// Gives a file of the target a second name in it; if the first name is a symbolic link, the link gets it.
    package func makeHardLink(from existing: [UInt8], to path: [UInt8], replacing: Bool) throws(RestoreError) {
        let source = try RelativePath(existing)
        let directory = try cache.directory(source.parent)
        try create(path, replacing: replacing) { parent, name throws(PosixError) in
            try whileReleased(source.name, in: directory.file) { () throws(PosixError) in
                try directory.file.link(source.name, as: name, in: parent)
            }
        }
    }
}

extension Entry.Kind {
    fileprivate var nodeType: mode_t {
        switch self {
        case .fifo: S_IFIFO
        case .socket: S_IFSOCK
        case .characterDevice: S_IFCHR
        case .blockDevice: S_IFBLK
        case .file, .directory, .symlink: S_IFREG
        }
    }
}
