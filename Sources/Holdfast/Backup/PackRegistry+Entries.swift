import HoldfastFormat
import HoldfastModel

extension PackRegistry {
    /// Marks what an entry of `snapshot` refers to, as far as it may be referred to, or all where `isForced`. False where some was
    /// left out: that has to be stored anew before the entry can be listed.
    func markUsed(
        _ entry: Entry, of snapshot: OpenedSnapshot, isForced: Bool = false
    ) async throws(HoldfastError) -> Bool {
        var isComplete = true
        for xattr in entry.xattrs {
            guard case .ref(let packed) = xattr.value else { continue }
            isComplete = markUsed(try snapshot.references(packed, of: entry), isForced: isForced) && isComplete
        }
        isComplete = markUsed(try snapshot.references(entry.pageMap, of: entry), isForced: isForced) && isComplete
        switch entry.content {
        case .refs(let packed):
            return markUsed(try snapshot.references(packed, of: entry), isForced: isForced) && isComplete
        case .refLists(let packed):
            isComplete = markUsed(try snapshot.references(packed, of: entry), isForced: isForced) && isComplete
            try await snapshot.forEachReference(of: entry, with: snapshot.makeOpener()) { reference throws(HoldfastError) in
                if isForced || mayRefer(to: reference.packNumber) { markUsed(reference) } else { isComplete = false }
            }
            return isComplete
        }
    }
}

extension OpenedSnapshot {
    /// Its packs with what it uses of them, for a snapshot that takes it as its base; none where it does not say.
    var packsInUse: [PackSelection.Pack] {
        (body.packUses ?? [:]).compactMap { number, use in
            body.packKeys.entry(number).map { PackSelection.Pack(number: number, byteCount: $0.byteCount, use: use) }
        }
    }
}
