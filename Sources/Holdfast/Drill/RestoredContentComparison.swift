import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// Reads restored files from the disk, and holds each chunk's bytes against its keyed hash, and holes against zeros.
final class RestoredContentComparison {
    private static let pieceByteCount = 1 << 20

    private let snapshot: OpenedSnapshot
    private let cause: RestoreFailure.Cause
    private let opener: ChunkOpener
    private let hasher: ChunkHasher
    private var recent = RecentChunks()
    private var found = ReadBackBytes()
    /// Of files' bytes that were compared, without holes.
    private(set) var byteCount: UInt64 = 0

    /// `blaming`: the cause of what differs.
    init(_ snapshot: OpenedSnapshot, blaming cause: RestoreFailure.Cause) {
        self.snapshot = snapshot
        self.cause = cause
        opener = snapshot.makeOpener()
        hasher = ChunkHasher(hashKey: snapshot.body.lineage.hashKey)
    }

    /// How a file differs first; nil where it does not. Only its `parts` were restored.
    func failure(
        of entry: Entry, _ parts: [Range<UInt64>], in file: RestoredFile
    ) async throws(HoldfastError) -> RestoreFailure? {
        let isWhole = parts == [0..<entry.size]
        var layout = FileLayout(entry)
        var references = try ReferenceReader(entry, in: snapshot)
        while let reference = try await references.next(with: opener) {
            guard !Task.isCancelled else { throw .interrupted }
            let offset = Int(clamping: try layout.place(reference))
            if isWhole, let failure = hole(entry, file, (offset - Int(reference.hole))..<offset) { return failure }
            guard parts.overlap(UInt64(offset), byteCount: reference.byteCount) else { continue }
            if let failure = try await chunk(entry, file, reference, at: offset) { return failure }
            byteCount += UInt64(reference.byteCount)
        }
        let end = Int(clamping: layout.position)
        return isWhole ? hole(entry, file, end..<Int(clamping: entry.size)) : nil
    }

    private func chunk(
        _ entry: Entry, _ file: RestoredFile, _ reference: ChunkReference, at offset: Int
    ) async throws(HoldfastError) -> RestoreFailure? {
        do throws(RestoreError) {
            guard try found.read(offset..<(offset + reference.byteCount), of: file) else {
                return .differs(entry, "ends at byte \(offset)", cause)
            }
        } catch {
            return RestoreFailure(entry.path, error)
        }
        let isSame = reference.isWhole ? found.hash(with: hasher) == reference.hash : try await isPart(of: reference)
        return isSame ? nil : .differs(entry, "holds other bytes, from byte \(offset)", cause)
    }

    /// The hash is that of a chunk of which the file has only a part: the chunk is read again, and opened, which proves it.
    private func isPart(of reference: ChunkReference) async throws(HoldfastError) -> Bool {
        let from = Int(reference.from)
        return found.equal(try await plaintext(of: reference)[from..<(from + reference.byteCount)])
    }

    private func plaintext(of reference: ChunkReference) async throws(HoldfastError) -> [UInt8] {
        if let plaintext = recent.plaintext(of: reference) { return plaintext }
        let plaintext = try await snapshot.read(reference, domain: .data, with: opener)
        recent.keep(plaintext, of: reference)
        return plaintext
    }

    private func hole(_ entry: Entry, _ file: RestoredFile, _ range: Range<Int>) -> RestoreFailure? {
        do throws(RestoreError) {
            for extent in try file.extents(in: range, length: Int(clamping: entry.size)) {
                for start in stride(from: extent.lowerBound, to: extent.upperBound, by: Self.pieceByteCount) {
                    let piece = start..<min(start + Self.pieceByteCount, extent.upperBound)
                    guard try found.read(piece, of: file), found.areZeros else {
                        return .differs(entry, "holds bytes where it should be empty, from byte \(start)", cause)
                    }
                }
            }
            return nil
        } catch {
            return RestoreFailure(entry.path, error)
        }
    }
}
