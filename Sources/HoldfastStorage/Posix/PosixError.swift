import CPosix
import Glibc

/// A system call that failed: which one, on what, and why.
package struct PosixError: Error, Hashable, Sendable {
    /// `errno` right after the call.
    package let code: Int32
    /// The call's name, such as `open`.
    package let operation: String
    /// What it was called on, for people; bytes that are not UTF-8 show as U+FFFD.
    package let path: String

    package init(code: Int32, operation: String, path: String) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    /// The system's words for the code: `No space left on device`.
    package var reason: String { unsafe String(cString: strerror(code)) }

    /// Of a link: whether the file gets no second name here, though another file can bear it.
    package var isLinkRefusal: Bool { [EPERM, ENOTSUP, EMLINK, ENOSYS, EXDEV].contains(code) }
}

extension PosixError: CustomStringConvertible {
    package var description: String { "\(operation) \(path): \(reason)" }
}

/// Makes a system call, again and again while signals interrupt it. An answer below zero is thrown with its `errno`.
@discardableResult
func posix<Answer: SignedInteger>(
    _ operation: StaticString, _ path: @autoclosure () -> String, _ call: () -> Answer
) throws(PosixError) -> Answer {
    while true {
        let answer = call()
        if answer >= 0 { return answer }
        let code = errno
        if code != EINTR { throw PosixError(code: code, operation: "\(operation)", path: path()) }
    }
}
