import CPosix
import Glibc
import HoldfastModel

/// Something of a source that could not be taken into the snapshot as it was; the rest goes on.
package struct SourceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package enum What: Hashable, Sendable {
        /// A path that was asked for does not exist.
        case missing
        /// A path that was asked for is a socket, which no snapshot holds: it is its program's.
        case socket
        /// The kernel refused.
        case cannotRead(PosixError)
        /// It was there when its directory was read and is not any more.
        case vanished
        /// Its name now belongs to another file than the one the walk saw.
        case replaced
        case changedWhileRead
        /// No listing can hold its path.
        case pathTooLong
        /// What is to be listed of it is more than readers take; why.
        case unwritable(String)
    }

    /// As in `Entry.path`: raw bytes without the leading slash.
    package let path: [UInt8]
    package let what: What

    package init(path: [UInt8], what: What) {
        self.path = path
        self.what = what
    }

    /// Where no file of that name is left it has vanished; every other error is a refusal.
    init(path: [UInt8], _ error: PosixError) {
        let isGone = error.code == ENOENT || error.code == ENOTDIR || error.code == ESTALE
        self.init(path: path, what: isGone ? .vanished : .cannotRead(error))
    }

    /// Whether this process lacks the right to read it.
    package var isDenial: Bool {
        if case .cannotRead(let error) = what { error.code == EACCES || error.code == EPERM } else { false }
    }

    package var message: String {
        switch what {
        case .missing: "no such file or directory"
        case .socket: "is a socket, of which nothing can be saved"
        case .cannotRead(let error): "\(error.operation): \(error.reason)"
        case .vanished: "vanished during the backup"
        case .replaced: "was replaced by another file during the backup"
        case .changedWhileRead: "changed while it was read"
        case .pathTooLong: "its path is too long to be listed"
        case .unwritable(let detail): "was left out, for nobody could read it again (\(detail))"
        }
    }

    /// As people write it.
    package var displayPath: String { path.displayPath }

    package var description: String { "\(displayPath): \(message)" }
}

/// What reading one file of a source throws.
package typealias SourceError = SourceProblem
