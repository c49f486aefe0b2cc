import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// What is in the target already and stays there.
extension ContentPass {
    /// Whether something newer, which is no directory, stays in a directory's place (`--overwrite if-newer`).
    func isKept(
        _ existing: Entry?, asNewerThan item: SubtreeReader.Item, in directory: RestoringDirectory
    ) throws(RestoreError) -> Bool {
        guard context.options.overwrite == .ifNewer, let existing, existing.kind != .directory,
            context.options.overwrite.keeps(existing, insteadOf: item.entry)
        else { return false }
        try skip(existing, in: directory)
        return true
    }

    /// What stands in the target at a path, where that may matter: in a directory that this restore made nothing is spared.
    func existing(_ item: SubtreeReader.Item, in directory: RestoringDirectory) throws(RestoreError) -> Entry? {
        let maySpare = !(context.options.spared.isEmpty && context.options.witnessed.isEmpty) && !directory.isNew
        guard maySpare || context.options.overwrite != .always else { return nil }
        return try context.target.existing(item.path)
    }

    /// What is there and is not overwritten; nil where nothing is, or it is.
    func standing(_ existing: Entry?, as item: SubtreeReader.Item) throws(RestoreError) -> Entry? {
        guard context.options.overwrite != .always, var existing else { return nil }
        if existing.kind == .symlink { existing.linkTarget = try context.target.linkTarget(item.path) }
        return context.options.overwrite.keeps(existing, insteadOf: item.entry) ? existing : nil
    }

    /// Leaves what is there alone; what stays for its size and time alone gets the snapshot's metadata. False where that would reach
    /// other names of it, outside the target even, or bytes that may be somebody else's: then it is to be made anew.
    func keep(
        _ existing: Entry, as item: SubtreeReader.Item, in directory: RestoringDirectory
    ) async throws(HoldfastError) -> Bool {
        var entry = item.entry
        if context.options.overwrite == .ifChanged {
            do throws(HoldfastError) {
                entry.xattrs = try await context.snapshot.resolvedXattrs(of: item.entry, with: opener)
            } catch {
                // What nobody can compare it with stays as it is.
                try context.report(item.entry.path, error)
                return true
            }
        }
        do throws(RestoreError) {
            return try keep(existing, as: entry, at: item.path, in: directory)
        } catch {
            context.report(item.entry, [error])
            return true
        }
    }

    private func keep(
        _ existing: Entry, as entry: Entry, at path: [UInt8], in directory: RestoringDirectory
    ) throws(RestoreError) -> Bool {
        guard context.options.overwrite == .ifChanged else {
            try skip(existing, in: directory)
            return true
        }
        context.noteOmissions(of: entry)
        if try context.target.hasMetadata(of: entry, existing) {
            try skip(existing, in: directory)
        } else {
            guard existing.linkCount == 1, entry.linkCount < 2 else { return false }
            try directory.refuseAnothers(existing)
            guard let problems = try context.target.replaceMetadata(of: existing, by: entry) else { return false }
            try directory.take(existing)
            context.report(entry, problems)
            context.progress.restored(byteCount: entry.size)
        }
        // It is what the snapshot has, and its other names may be missing.
        links.note(entry, at: path)
        return true
    }

    private func skip(_ existing: Entry, in directory: RestoringDirectory) throws(RestoreError) {
        try directory.take(existing)
        context.progress.update { $0.filesSkipped += 1 }
    }
}
