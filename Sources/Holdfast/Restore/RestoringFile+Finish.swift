import HoldfastFormat
import HoldfastModel
import HoldfastStorage

extension RestoringFile {
    /// Brings the file to its length, applies its metadata, reads it back if told, closes it, and has it take the place of what it was made
    /// beside; a failed one is taken away.
    func finish(with opener: borrowing ChunkOpener) async throws(HoldfastError) {
        attempt { () throws(RestoreError) in try bringToLength() }
        var bound: Entry?
        if failure == nil {
            let entry = try await context.withResolvedXattrs(entry, with: opener)
            bound = try await finish(as: entry)
        }
        close()
        attempt { () throws(RestoreError) in try takePlace() }
        if let failure {
            abandon()
            return context.fail(entry, failure)
        }
        if let bound { context.deferFlags(of: bound, at: path) }
        context.progress.restored(byteCount: entry.size)
    }

    /// A file that may not be changed any more gets no other name, and could not be taken away: such flags come last. Answers the entry
    /// where they are still to come.
    private func finish(as entry: Entry) async throws(HoldfastError) -> Entry? {
        let isSettled = entry.linkCount < 2 && replacement == nil && !context.options.verifies
        let isEarly = isSettled || !context.target.willBind(entry)
        var early = entry
        if !isEarly { early.inodeFlags = 0 }
        attempt { () throws(RestoreError) in context.report(entry, try opened().finish(early)) }
        if context.options.verifies { try await verify() }
        return isEarly ? nil : entry
    }

    /// Counts a write off, and finishes the file where that was the last.
    func settleOne(with opener: borrowing ChunkOpener) async throws(HoldfastError) {
        if settle() { try await finish(with: opener) } else { closeIfCrowded() }
    }

    /// Has the disk take the file, and reads it back from there, whole, whoever wrote it: each chunk against its hash.
    private func verify() async throws(HoldfastError) {
        var synced: RestoredFile?
        attempt { () throws(RestoreError) in
            let file = try opened()
            try file.sync()
            synced = file
        }
        guard let file = synced else { return }
        file.letGo()
        do throws(HoldfastError) {
            let comparison = RestoredContentComparison(context.snapshot, blaming: .target)
            let parts = context.options.filter.parts(of: entry) ?? []
            if let failure = try await comparison.failure(of: entry, parts, in: file) { fail(failure) }
        } catch {
            guard let failure = RestoreFailure(entry.path, damage: error) else { throw error }
            fail(failure)
        }
    }

    /// Does something to the file, unless it has failed; it has where that throws.
    private func attempt(_ body: () throws(RestoreError) -> Void) {
        guard failure == nil else { return }
        do throws(RestoreError) { try body() } catch { fail(RestoreFailure(entry.path, error)) }
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
