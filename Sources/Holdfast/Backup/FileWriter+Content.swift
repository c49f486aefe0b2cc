import HoldfastFormat
import HoldfastModel
import HoldfastStorage

extension FileWriter {
    func readContent(
        of file: borrowing SourceFile, upTo limit: Int, since known: BaseComparison.Known?
    ) async throws -> StoredContent {
        guard let databases, limit >= databases.minimumByteCount else {
            return try await readContent(of: file, upTo: limit)
        }
        return try await databases.store(file, upTo: limit, since: known)
    }

    /// Stores what `source` gives, up to `limit` bytes. Cutting goes in order; hashing, compressing and sealing in parallel.
    func readContent(of source: borrowing some ByteSource & ~Copyable, upTo limit: Int) async throws -> StoredContent {
        let windows = windows.fitting(limit)
        var batches = BatchCutter(cutter, window: await windows.take(), limit: limit)
        let content: Result<FileContent, any Error>
        do {
            content = .success(try await store(&batches, of: source))
        } catch {
            content = .failure(error)
        }
        let byteCount = batches.position
        windows.give(batches.takeWindow())
        return StoredContent(content: try content.get(), byteCount: byteCount)
    }

    private func store(
        _ cutter: inout BatchCutter, of source: borrowing some ByteSource & ~Copyable
    ) async throws -> FileContent {
        var collector = ReferenceCollector(chunks)
        guard let first = try cutter.next(from: source) else { return .refs([]) }
        progress.read(byteCount: first.byteCount)
        if cutter.isAtLimit {
            // Most files end here: they are stored from the window, with no copy and no task.
            try await collector.add(try await store(cutter.window, first), ofBatch: 0)
            return try await collector.finish()
        }
        var index = 0
        var batch: BatchCutter.Batch? = first
        try await withThrowingTaskGroup(of: StoredBatch.self) { group in
            var running = 0
            while let due = batch {
                let copy = await self.copy(due, of: cutter.window)
                let number = index
                group.addTask { try await storeAndGiveBack(copy, due.moved, number) }
                (index, running) = (index + 1, running + 1)
                if running > Self.maximumRunningBatches, let stored = try await group.next() {
                    running -= 1
                    try await collector.add(stored.references, ofBatch: stored.index)
                }
                batch = try cutter.next(from: source)
                progress.read(byteCount: batch?.byteCount ?? 0)
            }
            for try await stored in group { try await collector.add(stored.references, ofBatch: stored.index) }
        }
        return try await collector.finish()
    }

    private struct StoredBatch: Sendable {
        let index: Int
        let references: [ChunkReference]
    }

    private static let maximumRunningBatches = 64

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
