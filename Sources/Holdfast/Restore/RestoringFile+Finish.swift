import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

extension RestoringFile {
    /// Brings the file to its length, reads it back if told, applies its metadata and closes it; a failed one is taken away.
    func finish(with opener: borrowing ChunkOpener) async throws(HoldfastError) {
        prepare()
        if failure == nil {
            let entry = try await context.withResolvedXattrs(entry, with: opener)
            apply(entry)
        }
        guard let failure else {
            context.progress.restored(byteCount: entry.size)
            return close()
        }
        abandon()
        context.log.add(failure)
    }

    /// Counts a write off, and finishes the file where that was the last.
    func settleOne(with opener: borrowing ChunkOpener) async throws(HoldfastError) {
        if settle() { try await finish(with: opener) } else { closeIfCrowded() }
    }

    private func prepare() {
        guard failure == nil else { return }
        do throws(RestoreError) {
            try bringToLength()
            if context.options.verifies { try verify() }
        } catch {
            fail(RestoreFailure(entry.path, error))
        }
    }

    /// A file that may not be changed any more gets no second name either: such flags come last.
    private func apply(_ entry: Entry) {
        var entry = entry
        if entry.linkCount > 1, entry.inodeFlags != 0 {
            context.deferFlags(of: entry, at: path)
            entry.inodeFlags = 0
        }
        do throws(RestoreError) {
            context.report(entry, try opened().finish(entry))
        } catch {
            fail(RestoreFailure(entry.path, error))
        }
    }

    /// Reads back what there is of a file that goes on in the next window.
    func verifySoFar() {
        guard failure == nil else { return }
        do throws(RestoreError) {
            try verify()
        } catch {
            fail(RestoreFailure(entry.path, error))
        }
    }

    /// Reads back what was written since the last time.
    private func verify() throws(RestoreError) {
        let pieces = takePieces()
        guard !pieces.isEmpty else { return }
        let file = try opened()
        try file.sync()
        var buffer = [UInt8](repeating: 0, count: pieces.map(\.range.count).max() ?? 0)
        for piece in pieces {
            var span = buffer.mutableSpan
            var part = span._mutatingExtracting(0..<piece.range.count)
            let count = try file.read(into: &part, at: piece.range.lowerBound)
            guard count == piece.range.count, SHA256.hash(buffer.span.extracting(0..<count)) == piece.digest else {
                return fail(
                    RestoreFailure(
                        path: entry.path,
                        message: "reads back differently than it was written, from byte \(piece.range.lowerBound)",
                        cause: .target, object: nil))
            }
        }
    }
}

extension RestoreContext {
    /// The entry as it is to be restored: with the values of its attributes read; one that cannot be is reported and left out.
    func withResolvedXattrs(_ entry: Entry, with opener: borrowing ChunkOpener) async throws(HoldfastError) -> Entry {
        var resolved = entry
        if !options.restoresFlags { resolved.inodeFlags = 0 }
        noteOmissions(of: entry)
        do throws(HoldfastError) {
            resolved.xattrs = try await snapshot.resolvedXattrs(of: entry, with: opener)
        } catch {
            try report(entry.path, error)
            resolved.xattrs = entry.xattrs.filter { if case .inline = $0.value { true } else { false } }
        }
        return resolved
    }
}
