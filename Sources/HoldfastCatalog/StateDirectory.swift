import Glibc

/// The directories that hold local state: made with mode 0700, and reaching the disk before what is put into them counts.
enum StateDirectory {
    /// Creates all that is missing of the directories above `path`.
    static func create(above path: String) throws(PosixFailure) {
        guard let directory = parent(of: path) else { return }
        try create(directory)
    }

    static func create(_ directory: String) throws(PosixFailure) {
        if unsafe mkdir(directory, 0o700) == 0 {
            if let above = parent(of: directory) { try sync(above) }
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let above = parent(of: directory) else { throw PosixFailure(path: directory) }
            try create(above)
            try create(directory)
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
