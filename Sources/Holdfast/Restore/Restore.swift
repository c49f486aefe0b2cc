import HoldfastFormat
package import HoldfastStorage

/// Writes a snapshot, or a part of it, into a directory.
///
/// Everything comes back as it was: bytes, holes, hard links, owners, modes, times, attributes. Every chunk is hashed again, so wrong
/// bytes are never written; a file with a damaged chunk is reported and not left behind in part, the others are restored. Over files that
/// are there only what differs is read and written, so that a restore that ended early goes on when it is run again.
/// The target directory itself keeps its own metadata; directories above a source get theirs as the snapshot has it.
package struct Restore: Sendable {
    private let context: RestoreContext
    private let width: Int

    /// `cores` is how many processors there are to use.
    package init(
        _ snapshot: OpenedSnapshot, to target: RestoreTarget, options: RestoreOptions = RestoreOptions(),
        progress: RestoreProgress = RestoreProgress(), cores: Int = 2
    ) {
        var options = options
        options.path = options.path.withoutOuterSlashes
        // Size and time prove nothing.
        if options.verifies, options.overwrite == .ifChanged { options.overwrite = .always }
        let obstacle = options.deletesExtraneous ? ExtraneousRemoval.obstacle(snapshot, target, options) : nil
        if obstacle != nil { options.deletesExtraneous = false }
        context = RestoreContext(snapshot: snapshot, target: target, options: options, progress: progress)
        if let obstacle { context.log.note("nothing was removed: \(obstacle)") }
        // Two more than there are cores, since some wait for the store or the disk.
        width = cores + 2
    }

    /// Throws what ends it: no such path, the snapshot purged meanwhile, a store that cannot be read. What only some files suffered is in the
    /// summary, and so are the parts of a listing that are lost.
    package func run() async throws(HoldfastError) -> RestoreSummary {
        let source = context.snapshot.body.source
        context.progress.update { figures in
            (figures.entriesTotal, figures.bytesTotal) = (source.entryCount, source.byteCount)
        }
        try await withTaskExecutorPreference(WorkerExecutor.shared) { () async throws(HoldfastError) in
            let gaps = try await ContentPass(context, width: width).run(entries())
            try context.report(gaps, removing: "nothing was removed: parts of the listing are lost")
            let late = try await DirectoryPass(context, removesExtraneous: gaps.isEmpty).run(entries())
            let known = Set(gaps.map(\.from))
            try context.report(
                late.filter { !known.contains($0.from) },
                removing: "not all was removed that the snapshot does not have: parts of the listing were lost meanwhile")
        }
        context.reportSpared()
        return context.log.summary(context.progress.figures)
    }

    private func entries() -> SubtreeReader { SubtreeReader(context.snapshot, top: context.options.path) }
}
