import CPosix
import Glibc
import HoldfastModel
import Synchronization

/// The calls of a directory store, blocking.
///
/// Names are opened relative to the root's descriptor, so that nothing is ever written into an empty mount point after the disk
/// has gone. Two rules keep records durable (`docs/PROTOCOL.md`, section 8, ruling 4):
/// - Whoever creates an object returns only when its name, and every directory above it, is on disk.
/// - Whoever is told that a record stands, or that it does not, *must* be able to rely on that after a crash, though the one who
///   made it so may have died before syncing: the record's directory is synced before the answer.
final class DirectoryFiles: Sendable {
    let path: String
    private let use: StoreUse
    let root: OwnedFile
    /// Directories that this process has made durable in the one above. One that is removed and made again by others meanwhile
    /// belongs to a snapshot that is final, so that nothing depends on it.
    let durableDirectories = Mutex<Set<String>>([])
    /// Snapshots' directories that a listing found empty: their writer died before it put anything in, or after it took out the last.
    let emptyDirectories = Mutex<Set<String>>([])

    private init(path: String, for use: StoreUse = .deciding) throws(PosixError) {
        self.path = path
        self.use = use
        root = try OwnedFile(open: path, O_RDONLY | O_DIRECTORY)
    }

    static func create(at path: String) throws(StoreError) -> DirectoryFiles {
        do throws(PosixError) {
            try OwnedFile.makeDirectories(path)
            let files = try DirectoryFiles(path: path)
            try files.root.makeDirectory(temporaries)
            return files
        } catch {
            switch error.code {
            case ENOTDIR, ELOOP: throw .unsuitable(path, detail: "\(error)")
            // Its first object is what there is no room for.
            case ENOSPC, EDQUOT: throw .noSpace(.repository)
            default: throw StoreError(error, on: path)
            }
        }
    }

    static func open(at path: String, for use: StoreUse) throws(StoreError) -> DirectoryFiles {
        do throws(PosixError) {
            return try DirectoryFiles(path: path, for: use)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR: throw .noRepository(path)
            default: throw StoreError(error, on: path)
            }
        }
    }

    /// What an object's failed call means, in the words of the port; where the repository itself has gone, it says so.
    func failure(_ error: PosixError, _ name: ObjectName) -> StoreError {
        error.code == ENOENT && isGone ? .noRepository(path) : StoreError(error, name)
    }

    /// Makes calls on an object.
    func attempt<Answer: ~Copyable>(
        _ name: ObjectName, _ calls: () throws(PosixError) -> Answer
    ) throws(StoreError) -> Answer {
        do throws(PosixError) {
            return try calls()
        } catch {
            throw failure(error, name)
        }
    }

    /// Whether the root itself has been removed: its descriptor is open still, its last link has gone.
    var isGone: Bool {
        do throws(PosixError) { return try root.status().st_nlink == 0 } catch { return error.code == ESTALE }
    }
}

extension DirectoryFiles {
    /// Syncs the directory of a name, or the lowest above it that there is.
    func syncDirectory(of name: ObjectName) throws(PosixError) {
        for directory in name.directories.reversed() + ["."] {
            do throws(PosixError) {
                return try sync(FileName(directory))
            } catch  where error.code == ENOENT {
                continue
            }
        }
    }

    /// File systems that know no sync of directories (EINVAL, as CIFS says) write their names through.
    func sync(_ directory: FileName) throws(PosixError) {
        do throws(PosixError) {
            try root.openDirectory(directory).sync()
        } catch  where error.code == EINVAL || error.code == ENOTSUP {
            return
        }
    }

    /// Makes durable what is about to be relied on. Packs and checkpoints carry no decision: nothing is done for them. What the disk does not
    /// take is damage to that object.
    func settle(_ name: ObjectName) throws(StoreError) {
        guard name.isRecord else { return }
        do throws(PosixError) {
            try syncDirectory(of: name)
        } catch  where use.passesOver(error) {
            return
        } catch  where error.tellsOfDamage {
            throw .damaged(name, detail: "\(error)")
        } catch {
            throw failure(error, name)
        }
    }
}
