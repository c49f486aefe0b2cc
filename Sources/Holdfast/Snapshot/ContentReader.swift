package import HoldfastFormat
package import HoldfastModel

extension OpenedSnapshot {
    /// Calls `body` with each reference of a file's content in order, reading reference lists as they are met.
    package func forEachReference(
        of entry: Entry, with opener: borrowing ChunkOpener,
        _ body: (ChunkReference) async throws(HoldfastError) -> Void
    ) async throws(HoldfastError) {
        var reader = try ReferenceReader(entry, in: self)
        while let reference = try await reader.next(with: opener) { try await body(reference) }
    }

    /// The values of an entry's extended attributes, those that lie in chunks read as well.
    package func resolvedXattrs(
        of entry: Entry, with opener: borrowing ChunkOpener
    ) async throws(HoldfastError) -> [ExtendedAttribute] {
        var resolved: [ExtendedAttribute] = []
        for xattr in entry.xattrs {
            guard case .ref(let packed) = xattr.value else {
                resolved.append(xattr)
                continue
            }
            var value: [UInt8] = []
            for reference in try references(packed, of: entry) {
                value += try await read(reference, domain: .xattr, with: opener)
            }
            resolved.append(ExtendedAttribute(name: xattr.name, value: .inline(value)))
        }
        return resolved
    }

    func references(_ packed: [UInt8], of entry: Entry) throws(HoldfastError) -> [ChunkReference] {
        do {
            return try ChunkReferences.decode(packed)
        } catch {
            throw .inconsistent("\(entry.displayPath) in snapshot \(id)", detail: "\(error)")
        }
    }
}
