import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Removes what a restored directory has and the snapshot does not (`--delete`): only in directories that were backed up as a whole,
/// never in those above a source, and nothing that the filter leaves out.
struct ExtraneousRemoval {
    private let context: RestoreContext
    private let top: [UInt8]

    init(_ context: RestoreContext) {
        self.context = context
        top = context.options.path
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

    /// Removes a path with all that is in it; of a directory, where there is a filter, only what the filter selects.
    func remove(_ path: [UInt8]) {
        do throws(RestoreError) {
            let count = context.options.filter.selectsEverything ? try context.target.remove(path) : try removeSelected(path)
            context.progress.update { $0.filesDeleted += UInt64(count) }
        } catch {
            context.log.add(RestoreFailure(source(of: path), error))
        }
    }

    private func removeSelected(_ path: [UInt8]) throws(RestoreError) -> Int {
        var pending = [(path: path, isEntered: false)]
        var count = 0
        while let next = pending.popLast() {
            guard context.options.filter.selects(source(of: next.path)) else { continue }
            let isDirectory = try context.target.existing(next.path)?.kind == .directory
            let names = isDirectory ? try context.target.names(in: next.path) : []
            if names.isEmpty {
                count += try context.target.remove(next.path)
            } else if !next.isEntered {
                pending.append((next.path, isEntered: true))
                pending += names.map { (path: next.path + [UInt8(ascii: "/")] + $0, isEntered: false) }
            }
        }
        return count
    }

    /// A path of the target as it would be in the snapshot.
    private func source(of path: [UInt8]) -> [UInt8] { top.isEmpty ? path : top + [UInt8(ascii: "/")] + path }

    private func isWithinSource(_ path: [UInt8]) -> Bool {
        context.snapshot.body.source.paths.contains { $0 == path || path.isBelow($0) }
    }
}
