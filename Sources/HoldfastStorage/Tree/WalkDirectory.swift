import CPosix
import Glibc
import HoldfastModel

/// A directory that a walk is in: its names in order, and how far it has come.
final class WalkDirectory {
    /// What is known of a directory before it is opened.
    struct Plan {
        let path: [UInt8]
        let identity: FileIdentity
        /// The roots at and below this place.
        let roots: RootTree?
        /// Whether its contents belong to a root; else it only leads to roots.
        let isInside: Bool
        /// The device of the root that it belongs to.
        let device: UInt64
        let followsLink: Bool
    }

    let plan: Plan
    private var descriptor: Int32
    private var names = DirectoryNames()
    private var position = 0

    /// - Parameter descriptor: the open directory, which this object closes.
    private init(_ plan: Plan, adopting descriptor: Int32) {
        self.plan = plan
        self.descriptor = descriptor
    }

    deinit { suspend() }

    /// Opens a directory by its name in another and makes sure that it is the one that was planned. Where `open` gives no
    /// `name` it is the root directory.
    static func open(_ plan: Plan, in parent: WalkDirectory?) throws(SourceProblem) -> WalkDirectory {
        let access = plan.isInside ? O_RDONLY : Int32(posix_O_PATH)
        let flags = access | O_DIRECTORY | O_CLOEXEC | (plan.followsLink ? 0 : O_NOFOLLOW)
        let opened: Int32
        do throws(PosixError) {
            opened = try posix("opendir", plan.path.displayPath) {
                unsafe parent?.call { unsafe posix_openat($0, $1, flags, 0) } ?? posix_openat(AT_FDCWD, "/", flags, 0)
            }
        } catch {
            throw SourceProblem(path: plan.path, error)
        }
        let directory = WalkDirectory(plan, adopting: opened)
        guard directory.isPlanned(opened) else { throw SourceProblem(path: plan.path, what: .replaced) }
        return directory
    }

    /// Reads and sorts the names: all of them inside a root, less where a cache is left out; always those that lead to roots.
    func readNames(excludeCaches: Bool) throws(SourceProblem) {
        defer { names.sort() }
        let leading = plan.roots?.children ?? [:]
        defer { for name in leading.keys { names.append(name) } }
        guard plan.isInside else { return }
        do throws(PosixError) {
            defer { if !leading.isEmpty { names.removeAll { leading[$0] != nil } } }
            if excludeCaches, CacheTag.isPresent(in: descriptor) {
                names.append(CacheTag.name.utf8)
            } else {
                try names.read(descriptor, path: plan.path.displayPath)
            }
        } catch {
            throw SourceProblem(path: plan.path, error)
        }
    }

    /// Goes on to the next name and returns it; nil after the last.
    func advance() -> ArraySlice<UInt8>? {
        guard position < names.count else { return nil }
        defer { position += 1 }
        return names[position]
    }

    /// Makes a call of the `openat` family with this directory and the name that `advance` has returned last.
    @safe func call<Answer>(_ body: (Int32, UnsafePointer<CChar>) -> Answer) -> Answer {
        names.withCName(position - 1) { unsafe body(descriptor, $0) }
    }

    /// Gives up the descriptor while the walk is far below.
    func suspend() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Opens the directory again, from the one below or by its path.
    func resume(from below: WalkDirectory) throws(SourceProblem) {
        guard descriptor < 0 else { return }
        let flags = Int32(posix_O_PATH) | O_DIRECTORY
        descriptor = unsafe posix_openat(below.descriptor, "..", flags | O_CLOEXEC, 0)
        if descriptor >= 0, isPlanned(descriptor) { return }
        suspend()
        do throws(PosixError) {
            let directory = try LongPath.open(plan.path, flags)
            descriptor = fcntl(directory.descriptor, F_DUPFD_CLOEXEC, 0)
        } catch {
            throw SourceProblem(path: plan.path, error)
        }
        guard descriptor >= 0, isPlanned(descriptor) else { throw SourceProblem(path: plan.path, what: .replaced) }
    }

    private func isPlanned(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && FileIdentity(status) == plan.identity
    }
}
