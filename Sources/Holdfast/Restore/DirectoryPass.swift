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
        /// Whether anything in it, or it itself, is selected.
        var isRestored: Bool
        var extraneous: ExtraneousNames?
    }

    private let context: RestoreContext
    private let opener: ChunkOpener
    private let removal: ExtraneousRemoval
    private let removesExtraneous: Bool
    private var frames: [Frame] = []

    init(_ context: RestoreContext, removesExtraneous: Bool) {
        self.context = context
        self.removesExtraneous = removesExtraneous
        opener = context.snapshot.makeOpener()
        removal = ExtraneousRemoval(context)
    }

    func run(_ entries: consuming SubtreeReader) async throws(HoldfastError) {
        var entries = entries
        enter(nil, path: [])
        while let item = try await entries.next() {
            guard !Task.isCancelled else { throw .interrupted }
            while frames.count > 1, let last = frames.last, !item.path.isBelow(last.path) { try await leave() }
            frames[frames.count - 1].extraneous?.keep(item.path)
            if item.entry.kind == .directory { enter(item.entry, path: item.path) }
            guard context.options.filter.selects(item.entry) else { continue }
            markRestored()
        }
        if !entries.isDirectory { frames[0].extraneous = nil }
        while !frames.isEmpty { try await leave() }
    }

    private func markRestored() {
        var index = frames.count - 1
        while index >= 0, !frames[index].isRestored {
            frames[index].isRestored = true
            index -= 1
        }
    }

    private func enter(_ entry: Entry?, path: [UInt8]) {
        frames.append(
            Frame(
                entry: entry, path: path, isRestored: false,
                extraneous: removesExtraneous
                    ? removal.names(in: path, source: entry?.path ?? context.options.path) : nil))
    }

    private func leave() async throws(HoldfastError) {
        let frame = frames.removeLast()
        guard frame.isRestored else { return }
        if let extraneous = frame.extraneous {
            for path in extraneous.paths { removal.remove(path) }
        }
        guard let entry = frame.entry, context.log.failure(of: entry.path) == nil else { return }
        let resolved = try await context.withResolvedXattrs(entry, with: opener)
        context.report(resolved, context.target.applyMetadata(frame.path, resolved))
    }
}
