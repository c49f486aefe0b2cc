import HoldfastFormat
package import HoldfastModel

/// What still stands of one entry of a damaged snapshot.
package struct EntrySurvey: Sendable {
    package enum Standing: String, Sendable {
        case whole
        /// Some of its bytes, or only attributes of it, are lost.
        case partly
        case lost
    }

    package let entry: Entry
    /// Ranges of the file's bytes that are lost, ascending.
    package let lostRanges: [Range<UInt64>]
    /// Names of extended attributes whose values are lost.
    package let lostAttributes: [[UInt8]]

    package var standing: Standing {
        if lostRanges.isEmpty { return lostAttributes.isEmpty ? .whole : .partly }
        return lostByteCount < entry.size ? .partly : .lost
    }

    /// Holes count as readable: they are zeros whatever is lost.
    package var lostByteCount: UInt64 { lostRanges.reduce(0) { $0 + UInt64($1.count) } }

    /// `isLost` says it of a chunk that content or attributes lie in. A list of references that cannot be read costs all that comes after it.
    init(
        of entry: Entry, in snapshot: OpenedSnapshot, with opener: borrowing ChunkOpener, isLost: (ChunkReference) -> Bool
    ) async throws(HoldfastError) {
        var ranges: [Range<UInt64>] = []
        var layout = FileLayout(entry)
        do throws(HoldfastError) {
            try await snapshot.forEachReference(of: entry, with: opener) { reference throws(HoldfastError) in
                let start = try layout.place(reference)
                if isLost(reference) { ranges.add(start..<layout.position) }
            }
        } catch  where error.isDamage {
            if layout.position < entry.size { ranges.add(layout.position..<entry.size) }
        }
        self.entry = entry
        lostRanges = ranges
        var attributes: [[UInt8]] = []
        for xattr in entry.xattrs {
            guard case .ref(let packed) = xattr.value else { continue }
            if try snapshot.references(packed, of: entry).contains(where: isLost) { attributes.append(xattr.name) }
        }
        lostAttributes = attributes
    }
}
