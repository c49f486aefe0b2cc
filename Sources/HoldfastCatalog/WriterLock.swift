import Glibc
import HoldfastModel

/// The lock of the one writer of a node's source on this machine. It ends with the value, or with the process.
///
/// Who gets it while the witness says that a start is open knows that its writer is dead. The file stays: to delete it
/// would let two writers lock two files of one name.
package struct WriterLock: ~Copyable, Sendable {
    private let descriptor: Int32

    deinit {
        // A program that is being started at this moment has the descriptor too, until it closes it: closing ours would not be enough.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Nil while another writer holds it. Names over about 120 bytes are refused by the file system.
    static func tryLock(in directory: String, node: String, source: String) throws(WitnessError) -> WriterLock? {
        let directory = "\(directory)/writers/node-\(escaped(node))"
        let path = "\(directory)/source-\(escaped(source))"
        do throws(PosixFailure) {
            try StateDirectory.create(directory)
            return try lock(path)
        } catch {
            throw WitnessError(error)
        }
    }

    /// The descriptor is closed in every program that this one runs: only this process holds the lock.
    private static func lock(_ path: String) throws(PosixFailure) -> WriterLock? {
        let descriptor = try posix(path) { unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        let lock = WriterLock(descriptor: descriptor)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            default: throw PosixFailure(path: path)
            }
        }
        return lock
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Any name as one file name.
    private static func escaped(_ name: String) -> String { Hex.encode(Array(name.utf8)) }
}
