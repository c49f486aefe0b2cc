import Glibc

/// The directories that hold local state: made with mode 0700, and reaching the disk before what is put into them counts.
enum StateDirectory {
    /// Creates all that is missing of the directories above `path`.
    static func create(above path: String) throws(PosixFailure) {
        guard let directory = parent(of: path) else { return }
        try create(directory)
    }

    static func create(_ directory: String) throws(PosixFailure) {
        if try make(directory) { return }
        guard let above = parent(of: directory) else { throw PosixFailure(path: directory) }
        try create(above)
        // There are file systems that say so of any name.
        guard try make(directory) else { throw PosixFailure(path: directory) }
    }

    /// False, with `errno`, where the directory above is missing.
    private static func make(_ directory: String) throws(PosixFailure) -> Bool {
        if unsafe mkdir(directory, 0o700) == 0 {
            if let above = parent(of: directory) { try sync(above) }
            return true
        }
        switch errno {
        case EEXIST: return true
        case ENOENT: return false
        default: throw PosixFailure(path: directory)
        }
    }

    /// Makes names created or removed in a directory survive a power failure.
    static func sync(_ directory: String) throws(PosixFailure) {
        let descriptor = try posix(directory) { unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        try posix(directory) { fsync(descriptor) }
    }

    /// Nil for a bare name, and for the root.
    static func parent(of path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return slash == path.startIndex ? nil : String(path[..<slash])
    }
}
