import Glibc

/// A modest file as it is, be it a pipe or the kernel's own.
package enum WholeFile {
    package static func bytes(at path: String) throws(PosixError) -> [UInt8] {
        try OwnedFile(open: path, O_RDONLY).readToEnd()
    }
}
