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

        var isChangedWhileRead: Bool { problems.contains { $0.what == .changedWhileRead } }
        /// Whether its name belonged to another file when it was opened.
        var isReplaced: Bool { entry == nil && problems.contains { $0.what == .replaced } }
    }

    let chunks: ChunkWriter
    let cutter: Cutter
    let windows: ReadWindows
    /// What is cut off and on its way to be stored.
    let batches: BufferPool
    let progress: BackupProgress
    /// For files that are updated in place; nil where the lineage cuts by content.
    let databases: DatabaseFileWriter?

    /// So many files are tried that have one name one after the other.
    private static let maximumSuccessors = 8

    /// Reads the file that the walk saw, or the one that has taken its name since. One that changes meanwhile is read once more, then marked.
    func store(_ walked: Entry, _ reading: FileReading) async throws(HoldfastError) -> Outcome {
        progress.update { $0.currentPath = walked.path }
        var (walked, reading) = (walked, reading)
        var outcome = try await attempt(walked, reading)
        var isReadAgain = false
        for _ in 0..<Self.maximumSuccessors {
            if outcome.isReplaced, let successor = successor(of: walked, reading) {
                walked = successor
            } else if outcome.isChangedWhileRead, !isReadAgain {
                isReadAgain = true
            } else {
                break
            }
            reading.unfinished = nil
            outcome = try await attempt(walked, reading)
        }
        return outcome
    }

    /// Nil where there is none, or nobody can tell: then it stays with what was met first.
    private func successor(of walked: Entry, _ reading: FileReading) -> Entry? {
        guard let directory = reading.directory else { return nil }
        do throws(SourceProblem) { return try walked.successor(in: directory) } catch { return nil }
    }

    private func attempt(_ walked: Entry, _ reading: FileReading) async throws(HoldfastError) -> Outcome {
        do {
            return try await read(walked, reading)
        } catch let problem as SourceProblem where walked.size == 0 && problem.isDenial {
            // There is nothing to be read of it.
            let (entry, problems) = try await storeMetadata(of: walked)
            return Outcome(entry: entry, problems: problems)
        } catch let problem as SourceProblem {
            return Outcome(entry: nil, problems: [problem])
        } catch HoldfastError.unwritable(_, let detail) {
            return Outcome(entry: nil, problems: [SourceProblem(path: walked.path, what: .unwritable(detail))])
        } catch let error as HoldfastError {
            throw error
        } catch {
            throw .interrupted
        }
    }

    func read(_ walked: Entry, _ reading: FileReading) async throws -> Outcome {
        let file = try SourceFile(opening: walked, settling: databases?.settling ?? 0)
        var entry = file.opened
        var problems = Metadata.complete(&entry, from: file)
        let stored = try await readContent(of: file, entry, reading)
        (entry.content, entry.pageMap) = (stored.content, stored.pageMap)
        entry.xattrs = try await storeLargeValues(entry.xattrs)
        let after = try file.restat()
        // A hole at the end is size and no data; data that is said to be there and does not come is neither; data that came to be in the hole
        // meanwhile is a change like any other.
        let late = try file.nextExtent(from: stored.byteCount)
        let isCutShort = if let late { try !file.hasByte(at: late.lowerBound) } else { false }
        // Some file systems say that every file is empty (`/proc`).
        let isLonger = try file.opened.size == 0 && file.hasByte(at: 0)
        entry.size = isCutShort ? UInt64(stored.byteCount) : max(UInt64(stored.byteCount), min(entry.size, after.size))
        if late != nil || isLonger || !BaseComparison.isSameFile(after, file.opened) {
            problems.append(SourceProblem(path: walked.path, what: .changedWhileRead))
            entry.isRacy = true
        }
        return Outcome(entry: entry, problems: problems)
    }

    /// What is no file is stored by its metadata alone.
    func storeMetadata(of walked: Entry) async throws(HoldfastError) -> (entry: Entry, problems: [SourceProblem]) {
        var entry = walked
        let problems = Metadata.complete(&entry)
        entry.xattrs = try await storeLargeValues(entry.xattrs)
        return (entry, problems)
    }

    /// So many bytes of values an entry holds itself.
    private static let maximumInlineByteCount = 64 << 10

    /// Values over 4 KiB go to chunks of their own (`docs/FORMAT.md`, section 4); so do all others once an entry holds 64 KiB of
    /// them: a file may have thousands, and an entry too long to be read would cost the whole listing.
    func storeLargeValues(_ xattrs: [ExtendedAttribute]) async throws(HoldfastError) -> [ExtendedAttribute] {
        var stored = xattrs
        var inlineByteCount = 0
        for index in stored.indices {
            guard case .inline(let value) = stored[index].value, !value.isEmpty else { continue }
            if value.count <= 4096, inlineByteCount + value.count <= Self.maximumInlineByteCount {
                inlineByteCount += value.count
                continue
            }
            let reference = try await chunks.store(value, value.indices, domain: .xattr)
            stored[index].value = .ref(ChunkReferences.encode([reference]))
        }
        return stored
    }
}
