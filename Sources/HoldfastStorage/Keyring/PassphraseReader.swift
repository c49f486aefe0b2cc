import CPosix
import Glibc
import HoldfastModel

/// Reads a passphrase into memory that is wiped; one line feed at its end is not part of it.
enum PassphraseReader {
    /// Nobody types more, in bytes; a whole file given by mistake should not be taken for a passphrase.
    static let maximumByteCount = 4096

    /// Where the bytes end.
    enum End { case ofFile, ofLine }

    /// All that comes until the other end closes. The descriptor stays open: it is the caller's.
    static func read(descriptor: Int32) throws(KeyManagerError) -> Secret {
        // Our own close where a program begins: what does not was given to us.
        let flags = fcntl(descriptor, F_GETFD)
        guard flags >= 0, flags & FD_CLOEXEC == 0 else {
            throw .passphrase(
                "descriptor \(descriptor)", detail: "nobody passed it on: write \(descriptor)< FILE behind the command")
        }
        return try read(descriptor, name: "descriptor \(descriptor)", to: .ofFile)
    }

    static func read(file path: String) throws(KeyManagerError) -> Secret {
        let file = try naming(path) { () throws(PosixError) in try OwnedFile(open: path, O_RDONLY) }
        return try read(file.descriptor, name: path, to: .ofFile)
    }

    /// A file that must belong to this user and be closed to all others.
    static func read(ownFile path: String) throws(KeyManagerError) -> Secret {
        let file = try naming(path) { () throws(PosixError) in try OwnedFile(open: path, O_RDONLY) }
        let status = try naming(path) { () throws(PosixError) in try file.status() }
        guard status.st_uid == geteuid() else {
            throw .passphrase(path, detail: "belongs to user \(status.st_uid): run chown \(geteuid()) '\(path)'")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .passphrase(path, detail: "is open to other users: run chmod 600 '\(path)'")
        }
        return try read(file.descriptor, name: path, to: .ofFile)
    }

    static func read(_ descriptor: Int32, name: String, to end: End) throws(KeyManagerError) -> Secret {
        var buffer = Secret(zeroed: maximumByteCount + 1)
        var count = 0
        while count < buffer.count {
            let more = try naming(name) { () throws(PosixError) in
                try readOnce(descriptor, name: name, into: &buffer, from: count)
            }
            count += more
            if more == 0 || end == .ofLine && buffer.bytes[count - 1] == UInt8(ascii: "\n") { break }
        }
        guard count <= maximumByteCount else { throw .passphrase(name, detail: "is longer than \(maximumByteCount) bytes") }
        if count > 0, buffer.bytes[count - 1] == UInt8(ascii: "\n") { count -= 1 }
        guard count > 0 else { throw .passphrase(name, detail: "the passphrase is empty") }
        return Secret(copying: buffer.bytes.extracting(0..<count))
    }

    private static func readOnce(
        _ descriptor: Int32, name: String, into buffer: inout Secret, from offset: Int
    ) throws(PosixError) -> Int {
        var answer = Result<Int, PosixError>.success(0)
        buffer.update { bytes in
            unsafe bytes.withUnsafeMutableBufferPointer { bytes in
                let rest = bytes.extracting(offset...)
                answer = Result { () throws(PosixError) in
                    try posix("read", name) { unsafe Glibc.read(descriptor, rest.baseAddress, rest.count) }
                }
            }
        }
        return try answer.get()
    }

    /// A system call's error as one about the passphrase's source.
    static func naming<Answer: ~Copyable>(
        _ name: String, _ body: () throws(PosixError) -> Answer
    ) throws(KeyManagerError) -> Answer {
        do throws(PosixError) {
            return try body()
        } catch {
            throw .passphrase(name, detail: "the passphrase cannot be read (\(error.reason)); correct the path, or its rights")
        }
    }
}
