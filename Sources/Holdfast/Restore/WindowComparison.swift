import HoldfastFormat
import HoldfastModel
import Synchronization

/// Finds which chunks of a window stand at their places in the target already, by their hashes: those are not even read.
struct WindowComparison: Sendable {
    /// How many uses one task takes at once.
    private static let batch = 32

    private let context: RestoreContext
    private let files: [RestoringFile]
    private let uses: [ChunkUse]
    private let standing: Standing

    /// Marks of uses, by their number.
    private final class Standing: Sendable {
        private let marks: Mutex<[Bool]>

        init(count: Int) { marks = Mutex([Bool](repeating: false, count: count)) }

        func mark(_ indices: [Int]) {
            marks.withLock { marks in
                for index in indices { marks[index] = true }
            }
        }

        var all: [Bool] { marks.withLock { $0 } }
    }

    private init(_ context: RestoreContext, files: [RestoringFile], uses: [ChunkUse]) {
        (self.context, self.files, self.uses) = (context, files, uses)
        standing = Standing(count: uses.count)
    }

    /// The uses that are left to be read and written. Files of which nothing is left are finished.
    static func remaining(
        of uses: [ChunkUse], in files: [RestoringFile], _ context: RestoreContext, width: Int
    ) async throws(HoldfastError) -> [ChunkUse] {
        guard files.contains(where: \.mayStand) else { return uses }
        let comparison = WindowComparison(context, files: files, uses: uses)
        try await comparison.run(width: width)
        let marks = comparison.standing.all
        return zip(uses, marks).compactMap { use, stands in stands ? nil : use }
    }

    private func run(width: Int) async throws(HoldfastError) {
        let count = (uses.count + Self.batch - 1) / Self.batch
        try await NextIndex.share(below: count, among: width) { next throws(HoldfastError) in
            var chunks = StandingChunks(hashKey: context.snapshot.body.lineage.hashKey)
            let opener = context.snapshot.makeOpener()
            while let index = next.take() {
                guard !Task.isCancelled else { throw .interrupted }
                let start = index * Self.batch
                try await compare(start..<min(start + Self.batch, uses.count), with: &chunks, opener)
            }
        }
    }

    private func compare(
        _ range: Range<Int>, with chunks: inout StandingChunks, _ opener: borrowing ChunkOpener
    ) async throws(HoldfastError) {
        var found: [Int] = []
        for index in range {
            let file = files[Int(uses[index].file)]
            guard file.holds(uses[index], in: &chunks) else {
                file.closeIfCrowded()
                continue
            }
            found.append(index)
            try await file.settleOne(with: opener)
        }
        standing.mark(found)
    }
}

/// Hashes chunks where they may stand; one for each worker.
struct StandingChunks: ~Copyable {
    private let hasher: ChunkHasher
    private var buffer: [UInt8] = []

    init(hashKey: borrowing Secret) { hasher = ChunkHasher(hashKey: hashKey) }

    /// Whether the bytes that `read` gives are those of the whole chunk that the reference names. `read` returns how many it
    /// has filled in.
    mutating func holds(_ reference: ChunkReference, _ read: (inout MutableSpan<UInt8>) -> Int) -> Bool {
        let count = reference.byteCount
        if buffer.count < count { buffer = [UInt8](repeating: 0, count: count) }
        var span = buffer.mutableSpan
        var part = span._mutatingExtracting(0..<count)
        guard read(&part) == count else { return false }
        return hasher.hash(buffer.span.extracting(0..<count), domain: .data) == reference.hash
    }
}
