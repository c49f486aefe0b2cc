import HoldfastFormat
import HoldfastModel

/// Reads the references of a file's content in their order, one list of them at a time.
struct ReferenceReader {
    private let entry: Entry
    private let snapshot: OpenedSnapshot
    private var lists: ArraySlice<ChunkReference>
    private var references: ArraySlice<ChunkReference>

    init(_ entry: Entry, in snapshot: OpenedSnapshot) throws(HoldfastError) {
        (self.entry, self.snapshot) = (entry, snapshot)
        switch entry.content {
        case .refs(let packed): (lists, references) = ([], try snapshot.references(packed, of: entry)[...])
        case .refLists(let packed): (lists, references) = (try snapshot.references(packed, of: entry)[...], [])
        }
    }

    /// The next one, or nil at the end.
    mutating func next(with opener: borrowing ChunkOpener) async throws(HoldfastError) -> ChunkReference? {
        while references.isEmpty {
            guard let list = lists.popFirst() else { return nil }
            let plaintext = try await snapshot.read(list, domain: .referenceList, with: opener)
            references = try snapshot.references(plaintext, of: entry)[...]
        }
        return references.popFirst()
    }
}
