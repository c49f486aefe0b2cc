import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// The second pass over the listing, once all contents are there: removes what the snapshot does not have, if told, and gives
/// directories their metadata, each after all that is in it, since any change in it would move its time.
final class DirectoryPass {
    private struct Frame {
        /// Nil for the target itself, which keeps its metadata.
        let entry: Entry?
        let path: [UInt8]
        let isMadeUp: Bool
        /// Whether it could not be made, or a directory above it.
        let isUnmade: Bool
        /// Whether anything in it, or it itself, is selected.
        var isRestored: Bool
        /// Whether the listing has nothing in it but sources and what leads to them: those are entered wherever they are.
        var isEmpty = true
        var extraneous: ExtraneousNames?

        var hasExtraneous: Bool { extraneous?.paths.isEmpty == false }
    }

    private let context: RestoreContext
    private let opener: ChunkOpener
    private let removal: ExtraneousRemoval
    private let removesExtraneous: Bool
    private var frames: [Frame] = []
    /// Of the directory that the target is the image of, where the listing has it.
    private var topDevice: UInt64?

    init(_ context: RestoreContext, removesExtraneous: Bool) {
        self.context = context
        self.removesExtraneous = removesExtraneous
        opener = context.snapshot.makeOpener()
        removal = ExtraneousRemoval(context)
    }

    /// Answers which parts of the listing could not be read, this time.
    func run(_ entries: consuming SubtreeReader) async throws(HoldfastError) -> [ListingGap] {
        var entries = entries
        enter(nil, path: [], isMadeUp: false)
        while let item = try await entries.next() {
            guard !Task.isCancelled else { throw .interrupted }
            if topDevice == nil { topDevice = entries.topEntry?.device }
            while frames.count > 1, let last = frames.last, !item.path.isBelow(last.path) {
                try await leave(removes: entries.gaps.isEmpty)
            }
            if frames[frames.count - 1].isEmpty, !removal.leadsToSource(item.entry) { frames[frames.count - 1].isEmpty = false }
            frames[frames.count - 1].extraneous?.keep(item.path)
            if item.entry.kind == .directory { enter(item.entry, path: item.path, isMadeUp: item.isMadeUp) }
            guard context.options.filter.selects(item.entry) else { continue }
            markRestored()
        }
        // One that is empty in the snapshot has nothing in it that is selected.
        if entries.isDirectory, context.options.filter.selects(context.options.path) { frames[0].isRestored = true }
        if !entries.isDirectory { frames[0].extraneous = nil }
        if frames[0].isEmpty, let top = entries.topEntry, frames[0].hasExtraneous, await !removal.wasEntered(top) {
            frames[0].extraneous = nil
        }
        while !frames.isEmpty { try await leave(removes: entries.gaps.isEmpty) }
        return entries.gaps
    }

    private func markRestored() {
        var index = frames.count - 1
        while index >= 0, !frames[index].isRestored {
            frames[index].isRestored = true
            index -= 1
        }
    }

    private func enter(_ entry: Entry?, path: [UInt8], isMadeUp: Bool) {
        let isUnmade = frames.last?.isUnmade == true || context.isUnmade(path)
        frames.append(
            Frame(
                entry: entry, path: path, isMadeUp: isMadeUp, isUnmade: isUnmade, isRestored: false,
                extraneous: removesExtraneous && !isUnmade
                    ? removal.names(in: path, source: entry?.path ?? context.options.path) : nil))
    }

    /// `removes`: nothing was lost of the listing so far. What a lost part told of must not be taken for what the snapshot does not have.
    private func leave(removes: Bool) async throws(HoldfastError) {
        let frame = frames.removeLast()
        guard frame.isRestored else { return }
        if removes, let extraneous = frame.extraneous, wasEntered(frame) { removal.remove(extraneous, from: frame.path) }
        guard !frame.isUnmade else { return }
        guard let entry = frame.entry, !frame.isMadeUp || context.hasMadeUp(frame.path) else {
            return context.sync(frame.path, frame.entry?.path ?? context.options.path)
        }
        let resolved = try await context.withResolvedXattrs(entry, with: opener)
        context.report(resolved, context.target.applyMetadata(frame.path, resolved, syncs: context.options.verifies))
    }

    /// Whether the backup looked into the directory that was taken off the stack last. That of the target itself is known before.
    private func wasEntered(_ frame: Frame) -> Bool {
        guard frame.isEmpty, frame.hasExtraneous, let entry = frame.entry else { return true }
        return removal.wasEntered(entry, from: frames.last?.entry?.device ?? topDevice)
    }
}
