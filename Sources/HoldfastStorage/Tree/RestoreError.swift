import CPosix
import Glibc
import HoldfastModel

/// Something that could not be restored as it was; paths are relative to the target.
package enum RestoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Empty, absolute, or with a component that is empty, `.`, `..` or holds a zero byte: it could lead out of the target.
    case unsafePath([UInt8])
    /// A component above the last is no directory; a symbolic link is never followed.
    case notADirectory([UInt8])
    /// Something is there already and was not to be replaced, or is a directory.
    case exists([UInt8])
    /// No directory, where what was backed up lies below one: it stays, since more than that may be reached through it.
    case aboveSource([UInt8])
    /// What stands there is spared: it stays as it is, and so does what is in it.
    case spared([UInt8])
    /// Something is mounted there: what that holds is not removed.
    case mountPoint([UInt8])
    /// The target's file system takes the path for another one, at which something was restored already.
    case sameAs([UInt8], other: [UInt8])
    /// The kernel refused.
    case failed([UInt8], PosixError)
    /// An attribute's value is still a reference: it must be read from the repository first.
    case valueNotRead([UInt8], attribute: [UInt8])

    init(_ path: [UInt8], _ error: PosixError) {
        self = error.code == EEXIST ? .exists(path) : .failed(path, error)
    }

    package var path: [UInt8] {
        switch self {
        case .unsafePath(let path), .notADirectory(let path), .exists(let path), .aboveSource(let path),
            .spared(let path), .mountPoint(let path), .sameAs(let path, _), .failed(let path, _), .valueNotRead(let path, _):
            path
        }
    }

    package var message: String {
        switch self {
        case .unsafePath: "is no path within the target"
        case .notADirectory: "lies below something that is no directory"
        case .exists: "is there already"
        case .aboveSource:
            "is no directory, and stays: restore what lies below it by its own path (SNAPSHOT:PATH), to where it belongs"
        case .spared: "is what Holdfast itself needs, and stays as it is: restore it to another --target"
        case .mountPoint: "is a mount point, and what is mounted there is not removed"
        case .sameAs(_, let other): "the target takes it for \(other.displayPath), which was restored: restore it elsewhere"
        case .failed(_, let error): "\(error.operation): \(error.reason)"
        case .valueNotRead(_, let name): "attribute \(FileName(name)) has a value that was not read"
        }
    }

    package var description: String { "\(String(decoding: path, as: UTF8.self)): \(message)" }
}
