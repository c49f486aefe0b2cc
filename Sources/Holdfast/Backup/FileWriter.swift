import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Stores one file's bytes: reads its extents, cuts them in order, and has the chunks stored in parallel.
struct FileWriter: Sendable {
    /// What a file that was read became.
    struct Outcome: Sendable {
        /// Nil where it could not be read at all.
        let entry: Entry?
        let problems: [SourceProblem]
    }

    let chunks: ChunkWriter
    let cutter: Cutter
    /// Where files are read into: as many at once as there are windows.
    let windows: BufferPool
    /// What is cut off and on its way to be stored.
    let batches: BufferPool
    let progress: BackupProgress

    /// Reads the file that the walk saw. One that changes meanwhile is read once more, then marked.
    func store(_ walked: Entry) async throws(HoldfastError) -> Outcome {
        let window = await windows.take()
        var attempt: (outcome: Outcome, window: [UInt8]) = (Outcome(entry: nil, problems: []), window)
        defer { windows.give(attempt.window) }
        attempt = try await read(walked, attempt.window)
        if attempt.outcome.problems.contains(where: { $0.what == .changedWhileRead }) {
            attempt = try await read(walked, attempt.window)
        }
        return attempt.outcome
    }

    private func read(_ walked: Entry, _ window: consuming [UInt8]) async throws(HoldfastError) -> (Outcome, [UInt8]) {
        var cutting = FileCutting(writer: self, window: window)
        do {
            let file = try SourceFile(opening: walked)
            var entry = try file.restat()
            var problems = Metadata.complete(&entry, from: file)
            try await cutting.read(file, upTo: Int(entry.size))
            entry.content = try await cutting.finish()
            entry.size = UInt64(cutting.position)
            entry.xattrs = try await storeLargeValues(entry.xattrs)
            let after = try file.restat()
            if after.size != entry.size || after.modified != entry.modified || after.changed != entry.changed {
                problems.append(SourceProblem(path: walked.path, what: .changedWhileRead))
            }
            entry.isRacy = entry.isRacy || !problems.isEmpty
            return (Outcome(entry: entry, problems: problems), cutting.window)
        } catch let problem as SourceProblem {
            return (Outcome(entry: nil, problems: [problem]), cutting.window)
        } catch let error as HoldfastError {
            throw error
        } catch {
            preconditionFailure("no other error is thrown here")
        }
    }

    /// Values over 4 KiB go to chunks of their own (`docs/FORMAT.md`, section 4).
    func storeLargeValues(_ xattrs: [ExtendedAttribute]) async throws(HoldfastError) -> [ExtendedAttribute] {
        var stored = xattrs
        for index in stored.indices {
            guard case .inline(let value) = stored[index].value, value.count > 4096 else { continue }
            let reference = try await chunks.store(value, count: value.count, domain: .xattr)
            stored[index].value = .ref(ChunkReferences.encode([reference]))
        }
        return stored
    }
}
