import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// One reading of one file or stream: bytes into a window, cut in order, stored in batches that run in parallel, their
/// references gathered in order again.
struct FileCutting {
    /// A run of chunks that one task stores.
    private struct Batch: Sendable {
        let buffer: [UInt8]
        let lengths: [Int]
        let hole: UInt64
    }

    private static let batchByteCount = 1 << 20
    private let writer: FileWriter
    private(set) var window: [UInt8]
    /// How many bytes of the file are behind: read and cut, holes included.
    private(set) var position = 0
    private var filled = 0
    private var pendingHole: UInt64 = 0
    private var running: [Task<[ChunkReference], any Error>] = []
    private var lists = ReferenceListCutter()
    private var listReferences: [ChunkReference] = []

    init(writer: FileWriter, window: consuming [UInt8]) {
        self.writer = writer
        self.window = window
    }
}
