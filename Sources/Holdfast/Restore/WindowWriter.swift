import HoldfastFormat
import HoldfastModel
import Synchronization

/// Reads what a window needs from its packs, in parallel, and writes it to its files.
struct WindowWriter: Sendable {
    private let context: RestoreContext
    private let plan: ReadPlan
    private let files: [RestoringFile]

    init(_ context: RestoreContext, plan: ReadPlan, files: [RestoringFile]) {
        self.context = context
        self.plan = plan
        self.files = files
    }

    /// Does all reads with so many tasks at once. Throws what ends the restore; files that suffer alone are reported.
    func write(width: Int) async throws(HoldfastError) {
        let next = NextIndex(count: plan.reads.count)
        let failure = await withTaskGroup(of: HoldfastError?.self) { group in
            for _ in 0..<min(width, plan.reads.count) {
                group.addTask { await work(next) }
            }
            var failure: HoldfastError?
            for await error in group { failure = failure ?? error }
            return failure
        }
        guard let failure else { return }
        for file in files { file.abandonUnlessFinished() }
        throw failure
    }

    private func work(_ next: NextIndex) async -> HoldfastError? {
        let opener = context.snapshot.makeOpener()
        do throws(HoldfastError) {
            while let index = next.take() {
                guard !Task.isCancelled else { throw .interrupted }
                try await write(plan.reads[index], with: opener)
            }
            return nil
        } catch {
            next.stop()
            return error
        }
    }

    /// One read and all that comes of it. Where a part of it is damaged, its chunks are read one by one.
    private func write(_ read: PackRead, with opener: borrowing ChunkOpener) async throws(HoldfastError) {
        let chunks = plan.chunks(of: read)
        guard chunks.contains(where: isWanted) else { return try await settle(read.uses, with: opener) }
        let bytes: [UInt8]
        do throws(HoldfastError) {
            bytes = try await self.bytes(of: read)
        } catch .store(.damaged) where chunks.count > 1 {
            for chunk in chunks { try await write(single(chunk), with: opener) }
            return
        } catch {
            return try await fail(read.uses, error, with: opener)
        }
        for chunk in chunks { try await write(chunk, in: bytes, from: read.bytes.lowerBound, with: opener) }
    }

    private func bytes(of read: PackRead) async throws(HoldfastError) -> [UInt8] {
        let snapshot = context.snapshot
        let pack = try snapshot.pack(of: plan.uses[read.uses.lowerBound].reference)
        return try await snapshot.repository.readOrPurged(
            pack.name, range: read.bytes, of: snapshot.id, neededFor: "snapshot \(snapshot.id)")
    }

    private func single(_ chunk: Range<Int>) -> PackRead {
        let reference = plan.uses[chunk.lowerBound].reference
        return PackRead(packNumber: reference.packNumber, bytes: reference.frameRange, uses: chunk)
    }

    /// Opens a chunk once and writes it to all of its places.
    private func write(
        _ chunk: Range<Int>, in bytes: [UInt8], from start: Int, with opener: borrowing ChunkOpener
    ) async throws(HoldfastError) {
        guard isWanted(chunk) else { return try await settle(chunk, with: opener) }
        let reference = plan.uses[chunk.lowerBound].reference
        let frame = reference.frameRange
        let plaintext: [UInt8]
        do throws(HoldfastError) {
            plaintext = try context.snapshot.open(
                bytes.span.extracting((frame.lowerBound - start)..<(frame.upperBound - start)), as: reference, domain: .data,
                with: opener)
        } catch {
            return try await fail(chunk, error, with: opener)
        }
        for use in plan.uses[chunk] {
            let from = Int(use.reference.from)
            let part = plaintext.span.extracting(from..<(from + use.reference.byteCount))
            files[Int(use.file)].write(part, at: Int(use.offset))
        }
        try await settle(chunk, with: opener)
    }

    private func isWanted(_ uses: Range<Int>) -> Bool {
        plan.uses[uses].contains { files[Int($0.file)].failure == nil }
    }

    private func fail(
        _ uses: Range<Int>, _ error: HoldfastError, with opener: borrowing ChunkOpener
    ) async throws(HoldfastError) {
        for use in plan.uses[uses] {
            let file = files[Int(use.file)]
            guard let failure = RestoreFailure(file.entry.path, damage: error) else { throw error }
            file.fail(failure)
        }
        try await settle(uses, with: opener)
    }

    /// Counts the uses off, and finishes the files that were waiting for the last of theirs.
    private func settle(_ uses: Range<Int>, with opener: borrowing ChunkOpener) async throws(HoldfastError) {
        for use in plan.uses[uses] {
            let file = files[Int(use.file)]
            if file.settle() {
                try await file.finish(with: opener)
            } else {
                file.closeIfCrowded()
            }
        }
    }
}

/// Hands out the indices below a number, each once, until it is stopped.
private final class NextIndex: Sendable {
    private let state: Mutex<Range<Int>>

    init(count: Int) { state = Mutex(0..<count) }

    func take() -> Int? {
        state.withLock { range in
            guard !range.isEmpty else { return nil }
            defer { range = (range.lowerBound + 1)..<range.upperBound }
            return range.lowerBound
        }
    }

    func stop() { state.withLock { $0 = 0..<0 } }
}
