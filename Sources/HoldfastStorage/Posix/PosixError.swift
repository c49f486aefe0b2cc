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

    /// Whether the disk, or the file system, found that what it holds cannot be read: to ask again does not help. A read past the page cache
    /// says it in the block layer's own words (a bad sector is ENODATA), any other by EIO, and a file system's own finding is EUCLEAN or
    /// EBADMSG.
    package var tellsOfDamage: Bool { [EIO, ENODATA, EREMOTEIO, EILSEQ, EUCLEAN, EBADMSG].contains(code) }

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
