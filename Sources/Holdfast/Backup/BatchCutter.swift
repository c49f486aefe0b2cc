import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Reads a source of bytes through one window and cuts it in order into batches of whole chunks.
struct BatchCutter: ~Copyable {
    /// Some chunks in a row: their bytes lie in the window until the next call.
    struct Batch: Sendable {
        /// Where the batch begins in the window.
        let start: Int
        let lengths: [Int]
        /// Zero bytes of the file before it.
        let hole: UInt64

        var byteCount: Int { lengths.reduce(0, +) }
        /// The same batch at the start of a buffer of its own.
        var moved: Batch { Batch(start: 0, lengths: lengths, hole: hole) }
    }

    /// Small chunks travel together, so that handing them over costs little.
    private static let batchByteCount = 1 << 20

    private let cutter: Cutter
    private let limit: Int
    private(set) var window: [UInt8]
    /// How many bytes of the file are behind, holes included.
    private(set) var position: Int
    private var extent: Range<Int>?
    private var hole: UInt64 = 0
    private var start = 0
    private var end = 0

    /// Reads the file from `position`, where a chunk begins, up to `limit`; the window holds more than one chunk of the greatest length.
    init(_ cutter: Cutter, window: consuming [UInt8], from position: Int = 0, limit: Int) {
        self.position = position
        self.cutter = cutter
        self.window = window
        self.limit = limit
    }

    /// The next batch, or nil at the end.
    mutating func next(from source: borrowing some ByteSource & ~Copyable) throws(SourceProblem) -> Batch? {
        while start == end {
            guard try enterExtent(of: source) else { return nil }
            try fill(from: source)
            // A file that was cut short while it was read ends here.
            if start == end { return nil }
        }
        var due: Int? = try firstCut(from: source)
        let batchStart = start
        var lengths: [Int] = []
        while let length = due {
            lengths.append(length)
            start += length
            position += length
            due = start - batchStart < Self.batchByteCount ? certainCut : nil
        }
        defer { hole = 0 }
        return Batch(start: batchStart, lengths: lengths, hole: hole)
    }

    /// The length of the chunk at `start`; reads on where that may not end in what is there.
    private mutating func firstCut(from source: borrowing some ByteSource & ~Copyable) throws(SourceProblem) -> Int {
        while true {
            if let length = certainCut { return length }
            try fill(from: source)
        }
    }

    /// The length of the chunk at `start`, unless more bytes could make it longer. What is looked through twice, since the first look came to
    /// the end of what was there, is less than what would be moved to keep a whole chunk there at all times.
    private var certainCut: Int? {
        guard start < end else { return nil }
        let length = cutter.firstCut(in: window.span.extracting(start..<end), at: position)
        return length < end - start || length == cutter.maximum || isExtentRead ? length : nil
    }

    /// Whether all that was asked for has been cut.
    var isAtLimit: Bool { position >= limit && start == end }

    /// Gives the window back.
    consuming func takeWindow() -> [UInt8] { window }

    private var isExtentRead: Bool { extent.map { position + (end - start) >= $0.upperBound } ?? true }

    /// Goes on to the next run of data once the last one is behind.
    private mutating func enterExtent(of source: borrowing some ByteSource & ~Copyable) throws(SourceProblem) -> Bool {
        if let extent, position < extent.upperBound { return true }
        guard position < limit, let next = try source.nextExtent(from: position), next.lowerBound < limit else { return false }
        hole += UInt64(next.lowerBound - position)
        position = next.lowerBound
        extent = next.lowerBound..<min(next.upperBound, limit)
        return true
    }

    /// Moves what is left to the front and reads on, unless a chunk of the greatest length is there already.
    private mutating func fill(from source: borrowing some ByteSource & ~Copyable) throws(SourceProblem) {
        guard let extent, end - start < cutter.maximum, !isExtentRead else { return }
        moveToFront()
        let offset = position + end
        let count = min(window.count - end, extent.upperBound - offset)
        let (from, to) = (end, end + count)
        var span = window.mutableSpan
        var free = span._mutatingExtracting(from..<to)
        let read = try source.read(into: &free, at: offset)
        end += read
        if read < count { self.extent = extent.lowerBound..<(offset + read) }
    }

    private mutating func moveToFront() {
        guard start > 0 else { return }
        let (rest, left) = (start..<end, end - start)
        var span = window.mutableSpan
        span.moveToFront(rest)
        (start, end) = (0, left)
    }
}
