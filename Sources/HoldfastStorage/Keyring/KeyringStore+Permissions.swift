import CPosix
import Glibc
import HoldfastModel

/// Why a keyring's file cannot be used.
enum KeyringFault: Error, Hashable {
    case missing
    /// What is wrong with it, to follow its path.
    case refused(String)
    case posix(PosixError)
}

/// A system call's error as a keyring's.
func posixFault<Answer: ~Copyable>(_ body: () throws(PosixError) -> Answer) throws(KeyringFault) -> Answer {
    do throws(PosixError) {
        return try body()
    } catch {
        throw .posix(error)
    }
}

/// Owner, type and mode, looked at on the open descriptor, so that nothing can be exchanged in between.
extension KeyringStore {
    func openDirectory() throws(KeyringFault) -> OwnedFile {
        let directory = try open { () throws(PosixError) in try OwnedFile(open: path.directory, O_RDONLY | O_DIRECTORY) }
        let status = try posixFault { () throws(PosixError) in try directory.status() }
        // Whoever may write here could put another file in the keyring's place (docs/decisions/0004).
        try check(status, path: path.directory, mode: 0o700, mask: 0o022)
        return directory
    }

    func openFile(in directory: borrowing OwnedFile) throws(KeyringFault) -> OwnedFile {
        // Without O_NONBLOCK a pipe of this name would hang the open.
        let file = try open { () throws(PosixError) in try directory.open(path.file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) }
        let status = try posixFault { () throws(PosixError) in try file.status() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .refused("is not a regular file") }
        guard status.st_size <= KeyringFile.maximumByteCount else { throw .refused("is longer than a keyring can be") }
        try check(status, path: path.text, mode: 0o600, mask: 0o7777)
        return file
    }

    /// Runs `body`, and says of its errors which keyring they are about.
    func reporting<Answer: ~Copyable>(
        _ body: () throws(KeyringFault) -> Answer
    ) throws(KeyManagerError) -> Answer {
        do throws(KeyringFault) {
            return try body()
        } catch {
            switch error {
            case .missing: throw .unreachable(path.text, detail: "there is no keyring here")
            case .refused(let detail): throw .keyring(path.text, detail: detail)
            case .posix(let error) where error.code == ENOSPC || error.code == EDQUOT: throw .noSpace(path.text)
            case .posix(let error): throw .keyring(path.text, detail: "\(error)")
            }
        }
    }

    private func open(_ body: () throws(PosixError) -> OwnedFile) throws(KeyringFault) -> OwnedFile {
        do throws(PosixError) {
            return try body()
        } catch {
            switch error.code {
            case ENOENT: throw .missing
            case ELOOP: throw .refused("is a symbolic link: name the file itself")
            default: throw .posix(error)
            }
        }
    }

    private func check(_ status: stat, path: String, mode: mode_t, mask: mode_t) throws(KeyringFault) {
        guard status.st_uid == geteuid() else {
            throw .refused("'\(path)' belongs to user \(status.st_uid), not to \(geteuid()): run chown \(geteuid()) '\(path)'")
        }
        guard status.st_mode & mask == mode & mask else {
            let found = String(status.st_mode & 0o7777, radix: 8)
            throw .refused("'\(path)' has mode \(found): run chmod \(String(mode, radix: 8)) '\(path)'")
        }
    }
}
