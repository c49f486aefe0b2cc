import HoldfastFormat
import HoldfastModel

/// Turns entries of a damaged snapshot into entries of a new one: chunks that may be referred to stay where they are, others are stored anew.
struct SalvagedEntries {
    let snapshot: OpenedSnapshot
    let losses: ChunkLosses
    let copies: ChunkCopies
    let chunks: ChunkWriter

    /// Nil for a file that is not whole: by its name nobody could tell it from one that is. A directory or link is listed without the
    /// attributes that are lost, to be read again by the next backup, whose base it may be.
    func salvage(_ entry: Entry) async throws(HoldfastError) -> Entry? {
        let survey = try await EntrySurvey(of: entry, in: snapshot, with: snapshot.makeOpener(), isLost: isLost)
        guard entry.kind != .file || survey.standing == .whole else { return nil }
        var salvaged = entry
        salvaged.pageMap = try pageMap(of: entry)
        if try await chunks.registry.mark(salvaged, of: snapshot) == .marked { return salvaged }
        salvaged.xattrs = try await attributes(of: entry, without: Set(survey.lostAttributes))
        salvaged.isRacy = entry.isRacy || !survey.lostAttributes.isEmpty
        salvaged.content = try await content(of: entry)
        return salvaged
    }

    /// Empty unless all of it may be referred to: without its map a file is compared as a whole next time, and nothing else.
    private func pageMap(of entry: Entry) throws(HoldfastError) -> [UInt8] {
        let map = try snapshot.references(entry.pageMap, of: entry)
        guard !map.contains(where: { losses.contains($0, of: snapshot) }) else { return [] }
        return chunks.registry.markUsed(map) ? entry.pageMap : []
    }

    private func isLost(_ reference: ChunkReference) -> Bool {
        losses.contains(reference, of: snapshot) && !copies.has(reference)
    }

    private func attributes(
        of entry: Entry, without lost: Set<[UInt8]>
    ) async throws(HoldfastError) -> [ExtendedAttribute] {
        var attributes: [ExtendedAttribute] = []
        for var attribute in entry.xattrs where !lost.contains(attribute.name) {
            if case .ref(let packed) = attribute.value {
                var references: [ChunkReference] = []
                for reference in try snapshot.references(packed, of: entry) {
                    references.append(try await referable(reference, domain: .xattr))
                }
                attribute.value = .ref(ChunkReferences.encode(references))
            }
            attributes.append(attribute)
        }
        return attributes
    }

    private func content(of entry: Entry) async throws(HoldfastError) -> FileContent {
        var collector = ReferenceCollector(chunks, of: entry.path)
        try await snapshot.forEachReference(of: entry, with: snapshot.makeOpener()) { reference throws(HoldfastError) in
            try await collector.append([try await referable(reference, domain: .data)])
        }
        return try await collector.finish()
    }

    /// The reference itself, or one to a copy in a pack of the new snapshot.
    private func referable(_ reference: ChunkReference, domain: ChunkDomain) async throws(HoldfastError) -> ChunkReference {
        guard !chunks.registry.mayRefer(to: reference.packNumber) else {
            chunks.registry.markUsed(reference)
            return reference
        }
        let plaintext = try await read(reference, domain: domain)
        var stored = try await chunks.store(plaintext, plaintext.indices, domain: domain)
        (stored.hole, stored.from, stored.take) = (reference.hole, reference.from, reference.take)
        return stored
    }

    private func read(_ reference: ChunkReference, domain: ChunkDomain) async throws(HoldfastError) -> [UInt8] {
        guard losses.contains(reference, of: snapshot), let copy = copies.copy(of: reference) else {
            return try await snapshot.read(reference, domain: domain, with: snapshot.makeOpener())
        }
        return try await copy.snapshot.read(copy.reference, domain: domain, with: copy.snapshot.makeOpener())
    }
}
