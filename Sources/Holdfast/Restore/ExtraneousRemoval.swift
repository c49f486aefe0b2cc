import Glibc
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Removes what a restored directory has and the snapshot does not (`--delete`): only in directories that were backed up as a whole,
/// never in those above a source, nothing that the filter leaves out, and nothing that a backup may have passed by: what is mounted below
/// the target, and what is spared.
struct ExtraneousRemoval {
    private let context: RestoreContext
    private let top: [UInt8]

    init(_ context: RestoreContext) {
        self.context = context
        top = context.options.path
    }

    /// Why nothing at all may be removed from a target for what a snapshot does not have; nil where it may.
    static func obstacle(_ snapshot: OpenedSnapshot, _ target: RestoreTarget, _ options: RestoreOptions) -> String? {
        guard snapshot.header.incomplete == 0 else { return "the snapshot is incomplete, parts of its source could not be read" }
        do throws(RestoreError) {
            let isInside = try !options.spared.isDisjoint(with: target.ancestry())
            return isInside ? "the target lies in what Holdfast itself needs, such as a repository" : nil
        } catch {
            return "nobody can tell what the target lies in (\(error.message))"
        }
    }

    /// What is in a directory of the target now; nil where nothing may be removed from it. `source` is its path in the snapshot.
    func names(in path: [UInt8], source: [UInt8]) -> ExtraneousNames? {
        guard context.options.deletesExtraneous, isWithinSource(source) else { return nil }
        do throws(RestoreError) {
            return ExtraneousNames(in: path, existing: try context.target.names(in: path))
        } catch {
            // A directory that is not selected need not be there; one that is, and failed, was reported when it was made.
            let isSelected = context.options.filter.selects(source)
            if isSelected, context.log.failure(of: source) == nil { context.log.add(RestoreFailure(source, error)) }
            return nil
        }
    }

    /// Whether the backup looked into a directory that is restored by its own path and has nothing in it.
    func wasEntered(_ directory: Entry) async -> Bool {
        if isNamed(directory) { return true }
        do throws(HoldfastError) {
            let above = directory.path.lastIndex(of: UInt8(ascii: "/")) ?? 0
            return wasEntered(directory, from: try await context.snapshot.entry(at: Array(directory.path[..<above])).device)
        } catch {
            context.log.note(
                "not removed: what is in \(directory.displayPath): nobody can tell whether it was backed up (\(error))")
            return false
        }
    }

    /// Whether the backup looked into a directory that has nothing in it: one that is on another file system than the directory that it
    /// lies in may be listed as empty for that alone (`--one-file-system`). Says so where it may. `device`: of that other directory.
    func wasEntered(_ directory: Entry, from device: UInt64?) -> Bool {
        // On the way to a source a link may have been followed, or another file system be entered for that alone.
        if isNamed(directory) || directory.device == device && !context.leadsToSource(directory.path) { return true }
        context.log.note(
            "not removed: what is in \(directory.displayPath), which was on another file system or behind a link, and may not have been "
                + "backed up")
        return false
    }

    /// Whether the listing may have it for a source alone, which is it or lies in it.
    func leadsToSource(_ entry: Entry) -> Bool { isNamed(entry) || context.leadsToSource(entry.path) }

    /// What a source names is entered wherever it is.
    private func isNamed(_ directory: Entry) -> Bool { context.snapshot.body.source.paths.contains(directory.path) }

    /// Removes what the snapshot does not have in one directory, unless that lies where nothing is removed.
    func remove(_ names: ExtraneousNames, from directory: [UInt8]) {
        let paths: [[UInt8]]
        do throws(RestoreError) {
            guard !names.paths.isEmpty, try !isPassedBy(directory) else { return }
            paths = try foreignPaths(names, in: directory)
        } catch {
            return context.log.add(RestoreFailure(source(of: directory), error))
        }
        for path in paths {
            do throws(RestoreError) { try remove(path) } catch { context.log.add(RestoreFailure(source(of: path), error)) }
        }
    }

    /// Leaves out what the snapshot has by another spelling, where the target's file system takes both for one name and shows its own.
    /// Throws rather than to guess which that is.
    private func foreignPaths(_ names: ExtraneousNames, in directory: [UInt8]) throws(RestoreError) -> [[UInt8]] {
        var respelled: Set<FileIdentity> = []
        for path in names.unshownPaths {
            if let found = try context.target.existing(path) { respelled.insert(found.identity) }
        }
        guard !respelled.isEmpty else { return names.paths }
        var (foreign, seen): ([[UInt8]], Set<FileIdentity>) = ([], [])
        for path in names.paths {
            guard let found = try context.target.existing(path) else { continue }
            guard respelled.contains(found.identity) else {
                foreign.append(path)
                continue
            }
            seen.insert(found.identity)
            context.log.note(of: source(of: path), "not removed: the target takes its name for one that the snapshot has")
        }
        guard seen == respelled else {
            throw .failed(directory, PosixError(code: ESTALE, operation: "tell names apart", path: directory.displayPath))
        }
        return foreign
    }

    /// Removes a directory that stands where something else belongs, as far as it may be.
    func clear(_ path: [UInt8]) throws(RestoreError) {
        if try !isPassedBy(path) { try remove(path) }
    }

    /// Removes a path with all that is in it, but for what stays.
    private func remove(_ path: [UInt8]) throws(RestoreError) {
        let count = try context.target.remove(path) { found in
            !context.options.filter.selects(source(of: found.path)) || isPassedBy(found)
        }
        context.progress.update { $0.filesDeleted += UInt64(count) }
    }

    /// Whether a directory of the target is one from which nothing is removed, or lies below one.
    private func isPassedBy(_ directory: [UInt8]) throws(RestoreError) -> Bool {
        let slash = UInt8(ascii: "/")
        let ends = directory.indices.filter { directory[$0] == slash } + [directory.count]
        for end in ends where end > 0 {
            if let found = try context.target.removable(Array(directory[..<end])), isPassedBy(found) { return true }
        }
        return false
    }

    /// Says so where it is.
    private func isPassedBy(_ found: Removable) -> Bool {
        let shown = source(of: found.path).displayPath
        if context.spares(found.identity, at: found.path) {
            context.log.note("not removed: \(shown), which Holdfast itself needs, and what is in it")
            return true
        }
        if found.isMountPoint { context.log.note("not removed: what is in \(shown), which is a mount point") }
        return found.isMountPoint
    }

    /// A path of the target as it would be in the snapshot.
    private func source(of path: [UInt8]) -> [UInt8] { top.isEmpty ? path : top + [UInt8(ascii: "/")] + path }

    private func isWithinSource(_ path: [UInt8]) -> Bool {
        context.snapshot.body.source.paths.contains { $0 == path || path.isBelow($0) }
    }
}
