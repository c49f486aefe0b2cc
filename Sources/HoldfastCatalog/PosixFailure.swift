import Glibc

/// A system call that failed: on which path, and why.
struct PosixFailure: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    /// To be made directly after the call: it reads `errno`.
    init(path: String) {
        self.path = path
        code = errno
    }

    var reason: String { unsafe String(cString: strerror(code)) }
    var description: String { "\(path): \(reason)" }
}
