import HoldfastFormat
import HoldfastModel

/// Reads files' bytes in their order: chunks that lie side by side in a pack are read together.
final class DumpedContent {
    private static let readByteCount = 8 << 20
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    private let snapshot: OpenedSnapshot
    private let opener: ChunkOpener
    /// References whose chunks are to be read next, all at once.
    private var run: [ChunkReference] = []
    private var recent = RecentChunks()

    init(_ snapshot: OpenedSnapshot) {
        self.snapshot = snapshot
        opener = snapshot.makeOpener()
    }

    func withResolvedXattrs(_ entry: Entry) async throws(HoldfastError) -> Entry {
        var entry = entry
        entry.xattrs = try await snapshot.resolvedXattrs(of: entry, with: opener)
        return entry
    }

    /// Writes exactly `entry.size` bytes.
    func write(_ entry: Entry, to sink: Dump.Sink) async throws(HoldfastError) {
        var layout = FileLayout(entry)
        try await snapshot.forEachReference(of: entry, with: opener) { reference throws(HoldfastError) in
            _ = try layout.place(reference)
            if !canJoin(reference) { try await flush(to: sink) }
            if let plaintext = recent.plaintext(of: reference) {
                try await flush(to: sink)
                try Self.write(reference, of: plaintext, to: sink)
            } else {
                run.append(reference)
            }
        }
        try await flush(to: sink)
        try Self.writeZeros(layout.tail, to: sink)
    }

    private func canJoin(_ reference: ChunkReference) -> Bool {
        guard let first = run.first, let last = run.last else { return true }
        return first.packNumber == reference.packNumber && last.frameRange.upperBound == reference.frameRange.lowerBound
            && reference.frameRange.upperBound - first.frameRange.lowerBound <= Self.readByteCount
    }

    private func flush(to sink: Dump.Sink) async throws(HoldfastError) {
        guard let first = run.first, let last = run.last else { return }
        defer { run = [] }
        _ = try snapshot.pack(of: last)
        let start = first.frameRange.lowerBound
        let bytes = try await snapshot.repository.readOrPurged(
            try snapshot.pack(of: first).name, range: start..<last.frameRange.upperBound, of: snapshot.id,
            neededFor: "snapshot \(snapshot.id)")
        for reference in run {
            let frame = bytes.span.extracting(
                (reference.frameRange.lowerBound - start)..<(reference.frameRange.upperBound - start))
            let plaintext = try snapshot.open(frame, as: reference, domain: .data, with: opener)
            try Self.write(reference, of: plaintext, to: sink)
            recent.keep(plaintext, of: reference)
        }
    }

    private static func write(_ reference: ChunkReference, of plaintext: [UInt8], to sink: Dump.Sink) throws(HoldfastError) {
        try writeZeros(reference.hole, to: sink)
        let from = Int(reference.from)
        try sink(plaintext.span.extracting(from..<(from + reference.byteCount)))
    }

    private static func writeZeros(_ count: UInt64, to sink: Dump.Sink) throws(HoldfastError) {
        var left = count
        while left > 0 {
            let part = Int(min(left, UInt64(zeros.count)))
            try sink(zeros.span.extracting(0..<part))
            left -= UInt64(part)
        }
    }
}
