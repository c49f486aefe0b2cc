import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// The first of a restore's two passes over the listing: makes directories, links and nodes in their order, and restores files a
/// window at a time.
final class ContentPass {
    private struct Directory {
        let entry: Entry
        let path: [UInt8]
        let isMadeUp: Bool
        var isMade = false
        /// Whether it was not there before: then nothing is in it.
        var isNew = false
    }

    let context: RestoreContext
    let opener: ChunkOpener
    private let width: Int
    private var window = RestoreWindow()
    private var links = LinkedFiles()
    /// The directories above the entry at hand, from the target down; made once something in them is selected.
    private var directories: [Directory] = []

    init(_ context: RestoreContext, width: Int) {
        self.context = context
        self.width = width
        opener = context.snapshot.makeOpener()
    }

    /// Answers which parts of the listing could not be read.
    func run(_ entries: consuming SubtreeReader) async throws(HoldfastError) -> [ListingGap] {
        var entries = entries
        while let item = try await entries.next() {
            guard !Task.isCancelled else { throw .interrupted }
            try await restore(item)
            if window.isFull(context.options.limits) { try await flush() }
        }
        try await flush()
        context.applyDeferredFlags()
        return entries.gaps
    }

    private func restore(_ item: SubtreeReader.Item) async throws(HoldfastError) {
        while let last = directories.last, !item.path.isBelow(last.path) { directories.removeLast() }
        let isDirectory = item.entry.kind == .directory
        if isDirectory { directories.append(Directory(entry: item.entry, path: item.path, isMadeUp: item.isMadeUp)) }
        guard context.options.filter.selects(item.entry) else { return }
        makeDirectories()
        guard !isDirectory, !isKept(item) else { return }
        context.progress.update { $0.currentPath = item.entry.path }
        if let first = links.first(for: item.entry) {
            return window.add(
                RestoreWindow.Link(
                    source: item.entry.path, path: item.path, byteCount: item.entry.size, first: first))
        }
        links.add(item.entry, at: item.path)
        if item.entry.kind == .file { try await plan(item) } else { try await make(item) }
    }

    private func makeDirectories() {
        for index in directories.indices where !directories[index].isMade {
            directories[index].isMade = true
            let directory = directories[index]
            do throws(RestoreError) {
                directories[index].isNew = try context.target.makeDirectory(
                    directory.path, replacingNonDirectory: context.options.overwrite != .never)
                if directory.isMadeUp, directories[index].isNew { context.noteMadeUp(directory.path) }
            } catch {
                context.report(directory.entry, [error])
            }
        }
    }

    /// Whether something stays that is in the target already.
    private func isKept(_ item: SubtreeReader.Item) -> Bool {
        guard context.options.overwrite != .always else { return false }
        do throws(RestoreError) {
            guard let existing = try context.target.existing(item.path),
                context.options.overwrite.keeps(existing, insteadOf: item.entry)
            else { return false }
            context.progress.update { $0.filesSkipped += 1 }
            // It is what the snapshot has, and its other names may be missing.
            if context.options.overwrite == .ifChanged { links.note(item.entry, at: item.path) }
        } catch {
            context.report(item.entry, [error])
        }
        return true
    }

    /// Gathers a file's chunks; one of many more than a window holds is restored on the way.
    private func plan(_ item: SubtreeReader.Item) async throws(HoldfastError) {
        let file = RestoringFile(
            item.entry, at: item.path, mayStand: directories.last.map { !$0.isNew } ?? true, context)
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
    private func make(_ item: SubtreeReader.Item) async throws(HoldfastError) {
        let (target, replaces) = (context.target, context.options.overwrite != .never)
        do throws(RestoreError) {
            if item.entry.kind == .symlink {
                try target.makeSymlink(item.path, target: item.entry.linkTarget, replacing: replaces)
            } else {
                try target.makeNode(item.path, like: item.entry, replacing: replaces)
            }
        } catch {
            return context.report(item.entry, [error])
        }
        let entry = try await context.withResolvedXattrs(item.entry, with: opener)
        context.report(entry, target.applyMetadata(item.path, entry))
        context.progress.restored()
    }

    /// Restores what was gathered.
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
        if context.options.verifies, let last = due.files.last { last.verifySoFar() }
        for link in due.links { make(link) }
    }

    private func make(_ link: RestoreWindow.Link) {
        do throws(RestoreError) {
            try context.target.makeHardLink(
                from: link.first.path, to: link.path, replacing: context.options.overwrite != .never)
            context.progress.restored(byteCount: link.byteCount)
        } catch {
            guard let failure = context.log.failure(of: link.first.source) else {
                return context.log.add(RestoreFailure(link.source, error))
            }
            context.log.add(
                RestoreFailure(path: link.source, message: failure.message, cause: failure.cause, object: failure.object))
        }
    }
}
