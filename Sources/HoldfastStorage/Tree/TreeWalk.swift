import CPosix
import Glibc
package import HoldfastModel

/// Walks the paths of a source in `PathOrder`: first the directories above them, then each of them whole.
///
/// Entries carry what `lstat` tells; `Metadata.complete` adds the rest. The root directory's path is empty. A path that is a
/// symbolic link is stored as one, but one that leads to a named path is stored as the directory it points to. Sockets are
/// left out and counted, and reported where they are such a path. Memory goes with the widest directories on the way down, not with the
/// number of files.
package final class TreeWalk {
    /// How many directories are held open at once; those further up are opened again on the way back.
    private static let openLimit = 64

    private let filter: WalkFilter
    private let report: (SourceProblem) -> Void
    private var stack: [WalkDirectory] = []
    /// The directory that was returned last and is not opened yet.
    private var planned: WalkDirectory.Plan?
    private var start: RootTree?
    /// Sockets met so far.
    package private(set) var skippedSockets = 0

    /// - Parameter roots: absolute paths, raw bytes; overlapping ones are walked once.
    package init(roots: [[UInt8]], filter: WalkFilter, report: @escaping (SourceProblem) -> Void) {
        self.filter = filter
        self.report = report
        start = RootTree(roots)
    }

    /// The next entry; nil at the end.
    package func next() -> Entry? {
        if let roots = start {
            start = nil
            return visit([], roots: roots, in: nil)
        }
        descend()
        while let directory = stack.last {
            if let name = directory.advance() {
                let roots = directory.plan.roots?.children[Array(name)]
                let entry = visit(directory.plan.path.appending(name), roots: roots, in: directory)
                if let entry { return entry }
            } else {
                ascend(from: directory)
            }
        }
        return nil
    }

    /// Looks at one name; nil where it is left out or cannot be read.
    private func visit(_ path: [UInt8], roots: RootTree?, in directory: WalkDirectory?) -> Entry? {
        let isRoot = roots?.isRoot ?? false
        let leadsOn = roots?.children.isEmpty == false
        var isInside = (isRoot || directory?.plan.isInside == true) && !filter.excludes(path)
        guard isInside || leadsOn else { return nil }
        guard var found = status(path, in: directory, roots: roots) else { return nil }
        let followsLink = found.kind == .symlink && leadsOn
        if followsLink {
            guard let target = status(path, in: directory, roots: roots, flags: 0) else { return nil }
            found = target
            isInside = false
        }
        if found.kind != .directory {
            if leadsOn, let roots { reportRoots(roots, at: path, except: isInside, what: .missing) }
            if found.kind == .socket { skippedSockets += 1 }
            if found.kind == .socket, isRoot, isInside { report(SourceProblem(path: path, what: .socket)) }
            return isInside && found.kind != .socket ? found : nil
        }
        let device = isRoot ? found.device : directory?.plan.device ?? found.device
        if filter.oneFileSystem, found.device != device { isInside = false }
        if !filter.forbidden.contains(found.identity), isInside || leadsOn {
            planned = WalkDirectory.Plan(
                path: path, identity: found.identity, roots: roots, isInside: isInside, device: device, followsLink: followsLink)
        }
        return found
    }

    private func status(
        _ path: [UInt8], in directory: WalkDirectory?, roots: RootTree?, flags: Int32 = AT_SYMLINK_NOFOLLOW
    ) -> Entry? {
        var status = stat()
        let result =
            unsafe directory?.call { unsafe fstatat($0, $1, &status, flags) } ?? fstatat(AT_FDCWD, "/", &status, flags)
        if result == 0 { return Entry(path: path, status: status, now: timespec.now) }
        let error = PosixError(code: errno, operation: "lstat", path: path.displayPath)
        let problem = SourceProblem(path: path, error)
        if let roots {
            reportRoots(roots, at: path, what: problem.what == .vanished ? .missing : problem.what)
        } else {
            report(problem)
        }
        return nil
    }

    private func reportRoots(_ roots: RootTree, at path: [UInt8], except isTaken: Bool = false, what: SourceProblem.What) {
        for root in roots.paths(from: path) where !(isTaken && root == path) {
            report(SourceProblem(path: root, what: what))
        }
    }

    /// Enters the directory that was returned last.
    private func descend() {
        guard let plan = planned else { return }
        planned = nil
        do throws(SourceProblem) {
            let directory = try WalkDirectory.open(plan, in: stack.last)
            stack.append(directory)
            if stack.count > Self.openLimit { stack[stack.count - 1 - Self.openLimit].suspend() }
            try directory.readNames(excludeCaches: filter.excludeCaches)
        } catch {
            report(error)
            reportUnreached(below: plan, error.what)
        }
    }

    /// The roots that a directory would have led to.
    private func reportUnreached(below plan: WalkDirectory.Plan, _ what: SourceProblem.What) {
        guard stack.last?.plan.path != plan.path, let roots = plan.roots else { return }
        reportRoots(roots, at: plan.path, except: true, what: what)
    }

    /// Goes back to the directory above; where it is not to be found again, further up.
    private func ascend(from directory: WalkDirectory) {
        stack.removeLast()
        var below = directory
        while let above = stack.last {
            do throws(SourceProblem) {
                return try above.resume(from: below)
            } catch {
                report(error)
                below = stack.removeLast()
            }
        }
    }
}
