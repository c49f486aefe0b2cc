import HoldfastFormat
import HoldfastModel

extension PackRegistry {
    /// What a new snapshot can do with what is stored of an entry that did not change.
    enum Standing {
        /// All of it is referred to.
        case marked
        /// Some of it lies in packs that are not referred to.
        case avoided
        /// Some of it is lost, or cannot be told.
        case lost
    }

    /// Marks what an entry of `snapshot` refers to, as far as it may be referred to.
    func mark(_ entry: Entry, of snapshot: OpenedSnapshot) async throws(HoldfastError) -> Standing {
        do throws(HoldfastError) {
            if hasLost, try await isLost(entry, of: snapshot) { return .lost }
            return try await markUsed(entry, of: snapshot) ? .marked : .avoided
        } catch  where error.isUnreadable {
            return .lost
        }
    }

    private func isLost(_ entry: Entry, of snapshot: OpenedSnapshot) async throws(HoldfastError) -> Bool {
        var packed = [entry.pageMap]
        for xattr in entry.xattrs {
            if case .ref(let references) = xattr.value { packed.append(references) }
        }
        switch entry.content {
        case .refs(let references), .refLists(let references): packed.append(references)
        }
        for references in packed
        where try snapshot.references(references, of: entry).contains(where: { self.isLost($0.packNumber) }) {
            return true
        }
        guard case .refLists = entry.content else { return false }
        var isLost = false
        try await snapshot.forEachReference(of: entry, with: snapshot.makeOpener()) { reference throws(HoldfastError) in
            isLost = isLost || self.isLost(reference.packNumber)
        }
        return isLost
    }

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
