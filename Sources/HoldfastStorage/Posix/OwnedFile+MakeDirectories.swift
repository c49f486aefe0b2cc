import CPosix
import Glibc
import HoldfastModel

extension OwnedFile {
    /// Makes a directory and all above it that are missing, each durable in the one above. One that stands is left as it is.
    static func makeDirectories(_ path: String, mode: mode_t = 0o700) throws(PosixError) {
        do throws(PosixError) {
            try makeDirectory(path, mode: mode)
        } catch  where error.code == EEXIST {
            return
        } catch  where error.code == ENOENT && parent(of: path) != path {
            try makeDirectories(parent(of: path), mode: mode)
            try makeDirectory(path, mode: mode)
        }
    }

    private static func makeDirectory(_ path: String, mode: mode_t) throws(PosixError) {
        let name = try FileName(path).terminated()
        try posix("mkdir", path) { unsafe mkdir(name, mode) }
        try OwnedFile(open: parent(of: path), O_RDONLY | O_DIRECTORY).sync()
    }

    /// The path without its last component: `/` above `/a`, `.` above `a`.
    private static func parent(of path: String) -> String {
        if LexicalPath.isAbsolute(path) { return LexicalPath.directory(of: path) }
        let above = LexicalPath.components(of: path).dropLast().joined(separator: "/")
        return above.isEmpty ? "." : above
    }
}
