import HoldfastFormat
import HoldfastModel
import HoldfastStorage

extension FileWriter {
    /// `entry` is of the opened file.
    func readContent(
        of file: borrowing SourceFile, _ entry: Entry, _ reading: FileReading
    ) async throws -> StoredContent {
        // Of very many files there is nothing to be read.
        guard entry.size > 0 else { return StoredContent(content: .refs([]), byteCount: 0) }
        let beginning = try await FileBeginning.find(of: entry, in: reading.unfinished, registry: chunks.registry)
        reading.soFar.begin(entry, isResuming: beginning != nil)
        let limit = Int(entry.size)
        guard let databases, limit >= databases.minimumByteCount else {
            return try await readContent(of: file, upTo: limit, after: beginning, telling: reading.soFar)
        }
        return try await databases.store(file, upTo: limit, after: beginning, reading)
    }

    /// All of a stream, whose size is known once it ends. `formerByteCount`: how much of it an interrupted run had stored.
    func store(
        _ source: borrowing some ByteSource & ~Copyable, as entry: Entry, after formerByteCount: Int,
        telling soFar: StoredSoFar
    ) async throws -> Outcome {
        soFar.begin(entry, formerByteCount: formerByteCount)
        let stored = try await readContent(of: source, upTo: Int.max, telling: soFar)
        var entry = entry
        (entry.content, entry.size) = (stored.content, UInt64(stored.byteCount))
        progress.scanned(entry)
        progress.update { $0.filesNew += 1 }
        return Outcome(entry: entry, problems: [])
    }

    /// Stores what `source` gives behind `beginning`, up to `limit` bytes. Cutting goes in order; hashing, compressing and sealing in
    /// parallel.
    func readContent(
        of source: borrowing some ByteSource & ~Copyable, upTo limit: Int, after beginning: FileBeginning? = nil,
        telling soFar: StoredSoFar
    ) async throws -> StoredContent {
        let windows = windows.fitting(limit)
        var batches = BatchCutter(cutter, window: await windows.take(), from: beginning?.byteCount ?? 0, limit: limit)
        var collector = ReferenceCollector(chunks, of: source.path, after: beginning)
        let content: Result<FileContent, any Error>
        do {
            try await store(&batches, of: source, in: &collector, telling: soFar)
            content = .success(try await collector.finish())
        } catch {
            content = .failure(error)
        }
        let byteCount = batches.position
        windows.give(batches.takeWindow())
        return StoredContent(content: try content.get(), byteCount: byteCount)
    }

    private func store(
        _ cutter: inout BatchCutter, of source: borrowing some ByteSource & ~Copyable, in collector: inout ReferenceCollector,
        telling soFar: StoredSoFar
    ) async throws {
        soFar.note(collector)
        guard let first = try cutter.next(from: source) else { return }
        progress.read(byteCount: first.byteCount)
        if cutter.isAtLimit {
            // Most files end here: they are stored from the window, with no copy and no task.
            return try await collector.add(try await store(cutter.window, first), ofBatch: 0)
        }
        var index = 0
        var batch: BatchCutter.Batch? = first
        try await withFileTasks(of: StoredBatch.self) { group in
            var running = 0
            while let due = batch {
                let copy = await self.copy(due, of: cutter.window)
                let number = index
                group.addTask { try await storeAndGiveBack(copy, due.moved, number) }
                (index, running) = (index + 1, running + 1)
                if running > Self.maximumRunningBatches, let stored = try await group.next() {
                    running -= 1
                    try await collector.add(stored.references, ofBatch: stored.index)
                    soFar.note(collector)
                }
                try Task.checkCancellation()
                batch = try cutter.next(from: source)
                progress.read(byteCount: batch?.byteCount ?? 0)
            }
            for try await stored in group { try await collector.add(stored.references, ofBatch: stored.index) }
        }
    }

    private struct StoredBatch: Sendable {
        let index: Int
        let references: [ChunkReference]
    }

    /// So many are met late at most: what is told of the file is not far behind what was read.
    private static let maximumRunningBatches = 8

    /// The batch's bytes in a buffer of their own, so that the window can be read into again.
    private func copy(_ batch: BatchCutter.Batch, of window: [UInt8]) async -> [UInt8] {
        var buffer = await batches.take()
        var target = buffer.mutableSpan
        target.copy(window.span.extracting(batch.start..<(batch.start + batch.byteCount)))
        return buffer
    }

    private func storeAndGiveBack(
        _ buffer: [UInt8], _ batch: BatchCutter.Batch, _ index: Int
    ) async throws -> StoredBatch {
        let references: Result<[ChunkReference], HoldfastError>
        do { references = .success(try await store(buffer, batch)) } catch { references = .failure(error) }
        batches.give(buffer)
        return StoredBatch(index: index, references: try references.get())
    }

    /// Stores the chunks of a batch that lies in `buffer`.
    func store(_ buffer: [UInt8], _ batch: BatchCutter.Batch) async throws(HoldfastError) -> [ChunkReference] {
        var references: [ChunkReference] = []
        references.reserveCapacity(batch.lengths.count)
        var start = batch.start
        for length in batch.lengths {
            references.append(try await chunks.store(buffer, start..<(start + length), domain: .data))
            start += length
        }
        references[0].hole = batch.hole
        return references
    }
}
