import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// The first of a restore's two passes over the listing: makes directories, links and nodes in their order, and restores files a
/// window at a time.
final class ContentPass {
    private struct Directory {
        let item: SubtreeReader.Item
        /// Nil until something in it is selected. Where it could not be made, why.
        var outcome: Result<RestoringDirectory, RestoreError>?
    }

    let context: RestoreContext
    let opener: ChunkOpener
    private let width: Int
    private var window = RestoreWindow()
    var links = LinkedFiles()
    private var includes: IncludeMatches
    /// The directories above the entry at hand, from the target down; made once something in them is selected.
    private var directories: [Directory] = []
    private let root: RestoringDirectory

    init(_ context: RestoreContext, width: Int) {
        self.context = context
        self.width = width
        opener = context.snapshot.makeOpener()
        includes = IncludeMatches(context.options.filter)
        root = RestoringDirectory([], in: context.target, isNew: false)
    }

    /// Answers which parts of the listing could not be read.
    func run(_ entries: consuming SubtreeReader) async throws(HoldfastError) -> [ListingGap] {
        var entries = entries
        while let item = try await entries.next() {
            guard !Task.isCancelled else { throw .interrupted }
            includes.see(item.entry.path)
            try await restore(item)
            if window.isFull(context.options.limits) { try await flush() }
        }
        while !window.isEmpty { try await flush() }
        context.applyDeferredFlags()
        for note in includes.notes { context.log.note(note) }
        return entries.gaps
    }

    private func restore(_ item: SubtreeReader.Item) async throws(HoldfastError) {
        while let last = directories.last, !item.path.isBelow(last.item.path) { directories.removeLast() }
        let isDirectory = item.entry.kind == .directory
        if isDirectory { directories.append(Directory(item: item)) }
        guard context.options.filter.selects(item.entry) else { return }
        let outcome = makeDirectories()
        guard !isDirectory else { return }
        let (directory, standing): (RestoringDirectory, Entry?)
        do throws(RestoreError) {
            directory = try outcome.get()
            let existing = try existing(item, in: directory)
            if let existing, context.leaves(existing, insteadOf: item.entry) { return }
            standing = try self.standing(existing, as: item)
        } catch {
            return report(item, error)
        }
        if let standing, try await keep(standing, as: item, in: directory) { return }
        try await restore(item, in: directory)
    }

    /// What lies in a directory that is spared was not to be restored.
    private func report(_ item: SubtreeReader.Item, _ error: RestoreError) {
        if case .spared = error { return }
        context.report(item.entry, [error])
    }

    private func restore(_ item: SubtreeReader.Item, in directory: RestoringDirectory) async throws(HoldfastError) {
        context.progress.update { $0.currentPath = item.entry.path }
        if let first = links.first(for: item.entry) {
            return window.add(RestoreWindow.Link(item: item, directory: directory, first: first))
        }
        links.add(item.entry, at: item.path)
        try await restoreAlone(item, in: directory)
    }

    private func restoreAlone(_ item: SubtreeReader.Item, in directory: RestoringDirectory) async throws(HoldfastError) {
        if item.entry.kind == .file { try await plan(item, in: directory) } else { try await make(item, in: directory) }
    }

    /// Makes the directories down to that of the entry at hand, and answers the last of them.
    private func makeDirectories() -> Result<RestoringDirectory, RestoreError> {
        var outcome: Result<RestoringDirectory, RestoreError> = .success(root)
        for index in directories.indices {
            outcome = directories[index].outcome ?? make(directories[index].item, in: outcome)
            directories[index].outcome = outcome
        }
        return outcome
    }

    private func make(
        _ item: SubtreeReader.Item, in above: Result<RestoringDirectory, RestoreError>
    ) -> Result<RestoringDirectory, RestoreError> {
        guard case .success(let parent) = above else {
            if case .failure(let error) = above { report(item, error) }
            return above
        }
        do throws(RestoreError) {
            let existing = try existing(item, in: parent)
            if let existing, context.leaves(existing, insteadOf: item.entry) {
                context.noteUnmade(item.path)
                // What belongs below a link that stays is missing then.
                return .failure(existing.kind == .directory ? .spared(item.path) : .notADirectory(item.path))
            }
            guard try !isKept(existing, asNewerThan: item, in: parent) else {
                context.noteUnmade(item.path)
                return .failure(.notADirectory(item.path))
            }
            let made = try parent.makeDirectory(
                item.path, replacing: context.options.overwrite != .never && !context.leadsToSource(item.entry.path))
            if item.isMadeUp, made.isNew { context.noteMadeUp(item.path) }
            return .success(made)
        } catch {
            context.noteUnmade(item.path)
            guard case .exists = error else {
                context.report(item.entry, [error])
                return .failure(error)
            }
            context.report(item.entry, [context.leadsToSource(item.entry.path) ? .aboveSource(item.path) : error])
            return .failure(.notADirectory(item.path))
        }
    }

    /// Gathers a file's chunks; one of many more than a window holds is restored on the way.
    private func plan(_ item: SubtreeReader.Item, in directory: RestoringDirectory) async throws(HoldfastError) {
        let file = RestoringFile(item.entry, at: item.path, in: directory, context)
        var layout = FileLayout(item.entry)
        let parts = context.options.filter.parts(of: item.entry) ?? []
        do throws(HoldfastError) {
            try await context.snapshot.forEachReference(of: item.entry, with: opener) { reference throws(HoldfastError) in
                let offset = try layout.place(reference)
                guard parts.overlap(offset, byteCount: reference.byteCount) else { return }
                _ = try context.snapshot.pack(of: reference)
                if window.isFull(context.options.limits) { try await flush() }
                window.add(reference, of: file, at: offset)
            }
            file.noteContentEnd(layout.position)
        } catch {
            guard let failure = RestoreFailure(item.entry.path, damage: error) else {
                file.giveUp(after: error)
                throw error
            }
            file.fail(failure)
        }
        if file.settle() { try await file.finish(with: opener) }
    }

    /// Makes a symbolic link, FIFO, socket or device.
    private func make(_ item: SubtreeReader.Item, in directory: RestoringDirectory) async throws(HoldfastError) {
        let target = context.target
        do throws(RestoreError) {
            try context.make(item.path, in: directory) { replaces throws(RestoreError) in
                if item.entry.kind == .symlink {
                    try target.makeSymlink(item.path, target: item.entry.linkTarget, replacing: replaces)
                } else {
                    try target.makeNode(item.path, like: item.entry, replacing: replaces)
                }
            }
        } catch {
            return context.fail(item.entry, RestoreFailure(item.entry.path, error))
        }
        let entry = try await context.withResolvedXattrs(item.entry, with: opener)
        context.report(entry, target.applyMetadata(item.path, entry))
        context.progress.restored()
    }

    /// Restores what was gathered. What the target does not link is gathered anew, to be a file of its own.
    private func flush() async throws(HoldfastError) {
        var due = window
        window = RestoreWindow()
        do throws(HoldfastError) {
            let uses = try await WindowComparison.remaining(of: due.takeUses(), in: due.files, context, width: width)
            let plan = ReadPlan(consume uses, limits: context.options.limits)
            try await WindowWriter(context, plan: plan, files: due.files).write(width: width)
        } catch {
            for file in due.files { file.giveUp(after: error) }
            throw error
        }
        for link in due.links where !make(link) {
            context.log.note(of: link.item.entry.path, "a file of its own, for the target does not link it to its other names")
            try await restoreAlone(link.item, in: link.directory)
        }
    }

    /// False where the target does not link it.
    private func make(_ link: RestoreWindow.Link) -> Bool {
        let (entry, path) = (link.item.entry, link.item.path)
        if let failure = context.failure(of: link.first) {
            context.log.add(
                RestoreFailure(path: entry.path, message: failure.message, cause: failure.cause, object: failure.object))
            return true
        }
        do throws(RestoreError) {
            try context.make(path, in: link.directory) { replaces throws(RestoreError) in
                try context.target.makeHardLink(from: link.first.path, to: path, replacing: replaces)
            }
            context.progress.restored(byteCount: entry.size)
        } catch .failed(_, let error) where error.isLinkRefusal {
            return false
        } catch {
            context.log.add(RestoreFailure(entry.path, error))
        }
        return true
    }
}
