import CPosix
import Glibc
import HoldfastModel

/// The file of a keyring: read only where its owner and modes are right, replaced as a whole under a lock.
struct KeyringStore: Sendable {
    let path: KeyringPath

    init(path: String) { self.path = KeyringPath(path) }

    /// The file's bytes; `.unreachable` where there is no file.
    ///
    /// No lock is taken. A file that was replaced in the meantime has lost its name, and is read anew: its bytes may have been
    /// overwritten already.
    func read() throws(KeyManagerError) -> [UInt8] {
        try reporting { () throws(KeyringFault) in
            let directory = try openDirectory()
            while true {
                let file = try openFile(in: directory)
                let bytes = try posixFault { () throws(PosixError) in try file.readWhole() }
                if try posixFault({ () throws(PosixError) in try file.status().st_nlink }) > 0 { return bytes }
            }
        }
    }

    /// Runs `body` alone among all processes.
    func withLock<Answer>(_ body: () throws(KeyManagerError) -> Answer) throws(KeyManagerError) -> Answer {
        let lock = try reporting { () throws(KeyringFault) in
            let directory = try openDirectory()
            return try posixFault { () throws(PosixError) in
                let lock = try directory.open(path.lock, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
                let descriptor = lock.descriptor
                try posix("flock", path.lock.description) { flock(descriptor, LOCK_EX) }
                return lock
            }
        }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    /// Puts `bytes` in the file's place, once `verify` has approved what was read back. Call it under the lock.
    func replace(with bytes: [UInt8], _ verify: ([UInt8]) throws(KeyManagerError) -> Void) throws(KeyManagerError) {
        let stored = try reporting { () throws(KeyringFault) in
            let directory = try openDirectory()
            return try posixFault { () throws(PosixError) in
                directory.discard(path.temporary)
                return try directory.createFile(path.temporary, bytes.span, mode: 0o600).readWhole()
            }
        }
        do throws(KeyManagerError) {
            try verify(stored)
        } catch {
            try reporting { () throws(KeyringFault) in try openDirectory().discard(path.temporary) }
            throw error
        }
        try reporting { () throws(KeyringFault) in try publish() }
    }

    /// Whether any file bears the keyring's name.
    func exists() throws(KeyManagerError) -> Bool {
        try reporting { () throws(KeyringFault) in
            let directory = try openDirectory()
            return try posixFault { () throws(PosixError) in
                do throws(PosixError) {
                    _ = try directory.status(of: path.file)
                    return true
                } catch  where error.code == ENOENT {
                    return false
                }
            }
        }
    }

    /// Makes the directory, mode 0700, where it is missing.
    func makeDirectory() throws(KeyManagerError) {
        try reporting { () throws(KeyringFault) in
            try posixFault { () throws(PosixError) in try OwnedFile.makeDirectories(path.directory) }
        }
    }

    private func publish() throws(KeyringFault) {
        let directory = try openDirectory()
        try posixFault { () throws(PosixError) in
            let former = try openFormer(in: directory)
            try directory.rename(path.temporary, to: path.file)
            try directory.sync()
            try former?.overwriteIfUnnamed()
        }
    }

    /// The file that is about to be replaced; nil at creation.
    private func openFormer(in directory: borrowing OwnedFile) throws(PosixError) -> OwnedFile? {
        do throws(PosixError) {
            return try directory.open(path.file, O_WRONLY | O_NOFOLLOW)
        } catch  where error.code == ENOENT {
            return nil
        }
    }
}

extension OwnedFile {
    /// Writes zeros over the bytes of a file that has lost its last name: destroyed CMKs and former passphrases end there. What a
    /// file system or a disk keeps of old blocks is out of reach, and a file with another name is somebody's copy.
    fileprivate func overwriteIfUnnamed() throws(PosixError) {
        let status = try status()
        guard status.st_nlink == 0 else { return }
        try write([UInt8](repeating: 0, count: Int(status.st_size)).span)
        try sync()
    }
}
