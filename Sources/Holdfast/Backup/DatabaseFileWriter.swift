import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Stores a file that is updated in place: in large aligned blocks, and of one that the base knows, only the pages that changed
/// (`docs/decisions/0017-page-maps.md`).
struct DatabaseFileWriter: Sendable {
    /// How many blocks of a file may be on their way, or wait for one before them.
    private static let maximumRunningBlocks = 8

    let chunks: ChunkWriter
    /// The lineage's, in bytes.
    let blockByteCount: Int
    let pageByteCount: Int
    /// Of the files that are stored so, in bytes.
    let minimumByteCount: Int
    /// How young a ctime says nothing of these files, in nanoseconds.
    let settling: Int64
    /// Where new pages are gathered: as many files at once as there are windows.
    let windows: BufferPool
    /// What blocks are read into.
    let blocks: BufferPool
    let progress: BackupProgress

    /// Stores what `source` gives behind `beginning`, up to `limit` bytes. Reading and putting together go in order; hashing, comparing and
    /// storing in parallel.
    func store(
        _ source: borrowing some ByteSource & ~Copyable, upTo limit: Int, after beginning: FileBeginning?, _ reading: FileReading
    ) async throws -> StoredContent {
        let shape = PageMap.Shape(fileByteCount: limit, pageByteCount: pageByteCount)
        let map = beginning.flatMap { PageMapWriter(chunks, shape, after: $0) }
        // Without the map of what is stored there is nothing to go on from.
        let beginning = map == nil ? nil : beginning
        var content = DatabaseContent(
            PieceGatherer(
                chunks, chunkByteCount: blockByteCount, in: await windows.take(), of: source.path, after: beginning),
            map ?? PageMapWriter(chunks, shape), telling: reading.soFar)
        let stored: Result<StoredContent, any Error>
        do {
            var base = try await open(reading.base)
            let start = beginning?.byteCount ?? 0
            let byteCount = try await store(source, from: start, upTo: limit, since: &base, in: &content)
            stored = .success(try await content.finish(byteCount: byteCount))
        } catch {
            stored = .failure(error)
        }
        windows.give(content.takeBuffer())
        return try stored.get()
    }

    /// Nil where the base has no map of the file, or what it has cannot be read: that costs deduplication and nothing else.
    private func open(_ known: BaseComparison.Known?) async throws(HoldfastError) -> BaseFile? {
        guard let known else { return nil }
        do throws(HoldfastError) {
            return try await BaseFile.open(known, pageByteCount: pageByteCount)
        } catch  where error.isUnreadable {
            return nil
        }
    }

    /// What the base has at this place; from the first damage on, nothing.
    private func block(
        _ range: Range<Int>, pages: Range<Int>, of base: inout BaseFile?
    ) async throws(HoldfastError) -> FileBlock.Base? {
        do throws(HoldfastError) {
            return try await base?.block(range, pages: pages)
        } catch  where error.isUnreadable {
            base = nil
            return nil
        }
    }

    /// Answers how much was read, holes included.
    private func store(
        _ source: borrowing some ByteSource & ~Copyable, from start: Int, upTo limit: Int, since base: inout BaseFile?,
        in content: inout DatabaseContent
    ) async throws -> Int {
        var reader = BlockReader(blockByteCount: blockByteCount, from: start, limit: limit)
        let grid = PageGrid(pageByteCount: pageByteCount, fileByteCount: limit)
        try await withFileTasks(of: StoredBlock.self) { group in
            var number = 0
            while let (block, buffer) = try await next(&reader, source, number, grid, &base) {
                group.addTask { try await storeAndGiveBack(buffer, block) }
                number += 1
                // Blocks that are done may wait for one before them: with those that run they are no more than so many.
                while number - content.blockCount >= Self.maximumRunningBlocks, let stored = try await group.next() {
                    try await content.add(stored)
                }
            }
            for try await stored in group { try await content.add(stored) }
        }
        return reader.position
    }

    /// Reads the next block, and what the base has at its place; nil at the end.
    private func next(
        _ reader: inout BlockReader, _ source: borrowing some ByteSource & ~Copyable, _ number: Int, _ grid: PageGrid,
        _ base: inout BaseFile?
    ) async throws -> (FileBlock, [UInt8])? {
        try Task.checkCancellation()
        var buffer = await blocks.take()
        do {
            if let (range, hole) = try reader.next(from: source, into: &buffer) {
                progress.read(byteCount: range.count)
                let known = try await block(range, pages: grid.pages(of: range), of: &base)
                return (FileBlock(number: number, range: range, hole: hole, grid: grid, base: known), buffer)
            }
        } catch {
            blocks.give(buffer)
            throw error
        }
        blocks.give(buffer)
        return nil
    }

    private func storeAndGiveBack(_ buffer: [UInt8], _ block: FileBlock) async throws(HoldfastError) -> StoredBlock {
        let stored: Result<StoredBlock, HoldfastError>
        do { stored = .success(try await store(buffer, block)) } catch { stored = .failure(error) }
        blocks.give(buffer)
        return try stored.get()
    }

    /// Looks a block through, and stores it where it is new as a whole.
    private func store(_ buffer: [UInt8], _ block: FileBlock) async throws(HoldfastError) -> StoredBlock {
        let hashes = await chunks.hash(pages: block.pagesInBuffer, of: buffer)
        guard let pieces = BlockPlan(block, hashes, mayTake: chunks.mayTake).pieces else {
            let reference = try await chunks.store(buffer, 0..<block.range.count, domain: .data)
            return StoredBlock(block: block, hashes: hashes, pieces: [.stored(reference)], fresh: [])
        }
        var fresh: [UInt8] = []
        let stored = pieces.map { piece -> StoredBlock.Piece in
            switch piece {
            case .taken(let reference):
                chunks.registry.markUsed(reference)
                return .stored(reference)
            case .fresh(let range):
                let start = range.lowerBound - block.range.lowerBound
                fresh.append(contentsOf: buffer.span.extracting(start..<(start + range.count)))
                return .fresh(byteCount: range.count)
            }
        }
        return StoredBlock(block: block, hashes: hashes, pieces: stored, fresh: fresh)
    }
}
