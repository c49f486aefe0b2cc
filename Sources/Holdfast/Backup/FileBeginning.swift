import HoldfastFormat
import HoldfastModel

/// What an interrupted run stored of a file that has not changed since: reading goes on behind it.
struct FileBeginning: Sendable {
    /// From the file's start, holes included.
    let byteCount: Int
    let lists: [ChunkReference]
    /// Packed, after those of the lists.
    let references: [UInt8]
    let pageMap: [ChunkReference]
    let openPageMap: UnfinishedFile.OpenPageMap?

    /// Nil where nothing is known of the file as it is now, or some of what is may not be referred to. `entry` is of the opened file.
    static func find(
        of entry: Entry, in unfinished: BaseComparison.Unfinished?, registry: PackRegistry
    ) async throws(HoldfastError) -> FileBeginning? {
        guard let unfinished, BaseComparison.isSameFile(entry, unfinished.file.entry), !unfinished.file.entry.isRacy else {
            return nil
        }
        do throws(HoldfastError) {
            let beginning = try FileBeginning(unfinished)
            return try await beginning.isWhole(unfinished, registry) ? beginning : nil
        } catch  where error.isUnreadable {
            // Reading it from its start costs time and nothing else.
            return nil
        }
    }

    /// Marks all that it refers to. False where some of that may not be referred to, or where its references do not come to its length.
    private func isWhole(
        _ unfinished: BaseComparison.Unfinished, _ registry: PackRegistry
    ) async throws(HoldfastError) -> Bool {
        let (file, snapshot) = (unfinished.file, unfinished.snapshot)
        var isReferable = registry.markUsed(lists) && registry.markUsed(pageMap)
        var layout = FileLayout(file.entry)
        try await snapshot.forEachReference(of: file.entry, with: snapshot.makeOpener()) { reference throws(HoldfastError) in
            _ = try layout.place(reference)
            isReferable = registry.markUsed([reference]) && isReferable
        }
        let rest = try snapshot.references(references, of: file.entry)
        for reference in rest { _ = try layout.place(reference) }
        return registry.markUsed(rest) && isReferable && layout.position == UInt64(byteCount)
    }
}

extension FileBeginning {
    private init(_ unfinished: BaseComparison.Unfinished) throws(HoldfastError) {
        let (file, snapshot) = (unfinished.file, unfinished.snapshot)
        byteCount = file.byteCount
        if case .refLists(let packed) = file.entry.content {
            lists = try snapshot.references(packed, of: file.entry)
        } else {
            lists = []
        }
        references = file.references
        pageMap = try snapshot.references(file.entry.pageMap, of: file.entry)
        openPageMap = file.openPageMap
    }
}
