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

/// Makes a system call, again and again while signals interrupt it. An answer below zero is thrown.
@discardableResult
func posix(_ path: String, _ call: () -> Int32) throws(PosixFailure) -> Int32 {
    while true {
        let answer = call()
        if answer >= 0 { return answer }
        if errno != EINTR { throw PosixFailure(path: path) }
    }
}
