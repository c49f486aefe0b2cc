import HoldfastFormat
import HoldfastModel

/// Takes an unchanged file's references in order: those that may stay stay, and runs of those that may not are read again from the file.
struct ContentRewriting {
    /// So many bytes of a file are read again in one go.
    private static let longestRun: UInt64 = 64 << 20

    private let entry: Entry
    private let files: FileWriter
    private var collector: ReferenceCollector
    /// How many bytes of the file are behind, holes included.
    private var position: UInt64 = 0
    /// References to be replaced that follow one another without a hole, and where in the file they begin.
    private var run: [ChunkReference] = []
    private var runStart: UInt64 = 0

    init(of entry: Entry, by files: FileWriter) {
        self.entry = entry
        self.files = files
        collector = ReferenceCollector(files.chunks, of: entry.path)
    }

    mutating func add(_ reference: ChunkReference) async throws {
        let mayStay = files.chunks.registry.mayRefer(to: reference.packNumber)
        if mayStay || reference.hole > 0 || position - runStart >= Self.longestRun { try await finishRun() }
        position &+= reference.hole
        if run.isEmpty { runStart = position }
        position &+= UInt64(reference.byteCount)
        guard mayStay else { return run.append(reference) }
        files.chunks.registry.markUsed(reference)
        try await collector.append([reference])
    }

    /// The content once all references were added.
    mutating func finish() async throws -> FileContent {
        try await finishRun()
        return try await collector.finish()
    }

    private mutating func finishRun() async throws {
        guard let first = run.first else { return }
        guard runStart < position, position <= entry.size, let range = Range(runStart..<position) else {
            throw FileWriter.Unfit.changed
        }
        var stored = try await files.storeAgain(range, of: entry)
        guard stored.reduce(0, { $0 + $1.byteCount }) == range.count else { throw FileWriter.Unfit.changed }
        guard Self.agree(stored, run) else { throw FileWriter.Unfit.differs }
        stored[0].hole = first.hole
        try await collector.append(stored)
        run = []
    }

    /// Whether the same chunks came out again, as they do from the same bytes. Of parts of chunks nobody can tell without reading the old ones.
    private static func agree(_ stored: [ChunkReference], _ run: [ChunkReference]) -> Bool {
        guard run.allSatisfy(\.isWhole) else { return true }
        return stored.elementsEqual(run) { $0.hash == $1.hash && $0.plainByteCount == $1.plainByteCount }
    }
}

extension Range<Int> {
    /// Nil where the bounds do not fit.
    fileprivate init?(_ range: Range<UInt64>) {
        guard let lower = Int(exactly: range.lowerBound), let upper = Int(exactly: range.upperBound) else { return nil }
        self = lower..<upper
    }
}
