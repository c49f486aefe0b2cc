import HoldfastFormat
import HoldfastModel

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

    /// What one task reads, opens and writes with, again and again.
    private final class Worker {
        let opener: ChunkOpener
        let frames = ReadBuffer()
        var plaintext: [UInt8] = []

        init(_ snapshot: OpenedSnapshot) { opener = snapshot.makeOpener() }
    }

    /// Does all reads with so many tasks at once. Throws what ends the restore; files that suffer alone are reported.
    func write(width: Int) async throws(HoldfastError) {
        try await NextIndex.share(below: plan.reads.count, among: width) { next throws(HoldfastError) in
            let worker = Worker(context.snapshot)
            while let index = next.take() {
                guard !Task.isCancelled else { throw .interrupted }
                try await write(plan.reads[index], with: worker)
            }
        }
    }

    /// One read and all that comes of it. Where a part of it is damaged, its chunks are read one by one.
    private func write(_ read: PackRead, with worker: Worker) async throws(HoldfastError) {
        let chunks = plan.chunks(of: read)
        guard chunks.contains(where: isWanted) else { return try await settle(read.uses, with: worker) }
        do throws(HoldfastError) {
            try await fetch(read, into: worker.frames)
        } catch .store(.damaged) where chunks.count > 1 {
            for chunk in chunks { try await write(single(chunk), with: worker) }
            return
        } catch {
            return try await fail(read.uses, error, with: worker)
        }
        for chunk in chunks { try await write(chunk, from: read.bytes.lowerBound, with: worker) }
    }

    private func fetch(_ read: PackRead, into buffer: ReadBuffer) async throws(HoldfastError) {
        let snapshot = context.snapshot
        let pack = try snapshot.pack(of: plan.uses[read.uses.lowerBound].reference)
        try await snapshot.repository.readOrPurged(
            pack.name, range: read.bytes, into: buffer, of: snapshot.id, neededFor: "snapshot \(snapshot.id)")
    }

    private func single(_ chunk: Range<Int>) -> PackRead {
        let reference = plan.uses[chunk.lowerBound].reference
        return PackRead(packNumber: reference.packNumber, bytes: reference.frameRange, uses: chunk)
    }

    /// Opens a chunk once, where it lies in the worker's buffer, and writes it to all of its places.
    private func write(_ chunk: Range<Int>, from start: Int, with worker: Worker) async throws(HoldfastError) {
        guard isWanted(chunk) else { return try await settle(chunk, with: worker) }
        let reference = plan.uses[chunk.lowerBound].reference
        let frame = (reference.frameRange.lowerBound - start)..<(reference.frameRange.upperBound - start)
        do throws(HoldfastError) {
            try worker.frames.withBytes(in: frame) { frame throws(HoldfastError) in
                try context.snapshot.open(
                    &frame, as: reference, domain: .data, with: worker.opener, and: &worker.plaintext
                ) { write($0, to: chunk) }
            }
        } catch {
            return try await fail(chunk, error, with: worker)
        }
        try await settle(chunk, with: worker)
    }

    private func write(_ plaintext: Span<UInt8>, to uses: Range<Int>) {
        for use in plan.uses[uses] {
            let from = Int(use.reference.from)
            files[Int(use.file)].write(plaintext.extracting(from..<(from + use.reference.byteCount)), at: Int(use.offset))
        }
    }

    private func isWanted(_ uses: Range<Int>) -> Bool {
        plan.uses[uses].contains { files[Int($0.file)].failure == nil }
    }

    private func fail(_ uses: Range<Int>, _ error: HoldfastError, with worker: Worker) async throws(HoldfastError) {
        for use in plan.uses[uses] {
            let file = files[Int(use.file)]
            guard let failure = RestoreFailure(file.entry.path, damage: error) else { throw error }
            file.fail(failure)
        }
        try await settle(uses, with: worker)
    }

    private func settle(_ uses: Range<Int>, with worker: Worker) async throws(HoldfastError) {
        for use in plan.uses[uses] { try await files[Int(use.file)].settleOne(with: worker.opener) }
    }
}
