import HoldfastFormat
import HoldfastModel

/// Every chunk that a snapshot's files refer to, out of its listing. Reading the listing opens and hashes the listing's own
/// chunks, and those that hold references.
struct ChunkInventory {
    struct Chunk: Sendable {
        let reference: ChunkReference
        let domain: ChunkDomain
    }

    private(set) var chunks: [Chunk] = []
    /// Whether the whole listing could be read.
    private(set) var isComplete = true

    /// Goes on after a listing chunk or an entry that cannot be read.
    init(of snapshot: OpenedSnapshot, _ findings: CheckFindings) async throws(HoldfastError) {
        let opener = snapshot.makeOpener()
        var decoder = ListingDecoder()
        for chunk in snapshot.body.source.listing {
            let plaintext = try await reading(snapshot, findings, at: chunk.firstPath) { () throws(HoldfastError) in
                try await snapshot.read(chunk.reference, domain: .listing, with: opener)
            }
            guard let plaintext else { continue }
            do {
                for entry in try decoder.decode(plaintext) { try await add(entry, of: snapshot, findings, opener) }
            } catch let error as FormatError {
                miss(snapshot, findings, at: chunk.firstPath, error)
                decoder = ListingDecoder()
            } catch let error as HoldfastError {
                throw error
            } catch {
                throw .inconsistent("\(snapshot.id)", detail: "\(error)")
            }
        }
        findings.count { $0.chunks += snapshot.body.source.listing.count }
    }

    private mutating func add(
        _ entry: Entry, of snapshot: OpenedSnapshot, _ findings: CheckFindings, _ opener: borrowing ChunkOpener
    ) async throws(HoldfastError) {
        var found: [Chunk] = []
        var byteCount: UInt64 = 0
        do throws(HoldfastError) {
            try await snapshot.forEachReference(of: entry, with: opener) { (reference) throws(HoldfastError) in
                _ = try snapshot.pack(of: reference)
                byteCount = byteCount.addingSaturated(reference.hole + UInt64(reference.byteCount))
                found.append(Chunk(reference: reference, domain: .data))
            }
        } catch {
            try miss(snapshot, findings, at: entry.path, error)
        }
        if byteCount > entry.size { miss(snapshot, findings, at: entry.path, "its chunks hold more than its size") }
        chunks += found
        try addBeside(entry, snapshot, findings)
        if entry.kind == .file { findings.count { $0.files += 1 } }
    }

    /// What an entry refers to beside its content.
    private mutating func addBeside(
        _ entry: Entry, _ snapshot: OpenedSnapshot, _ findings: CheckFindings
    ) throws(HoldfastError) {
        for xattr in entry.xattrs {
            if case .ref(let packed) = xattr.value { try add(packed, .xattr, of: entry, snapshot, findings) }
        }
        try add(entry.pageMap, .pageMap, of: entry, snapshot, findings)
    }

    private mutating func add(
        _ packed: [UInt8], _ domain: ChunkDomain, of entry: Entry, _ snapshot: OpenedSnapshot, _ findings: CheckFindings
    ) throws(HoldfastError) {
        do throws(HoldfastError) {
            let references = try snapshot.references(packed, of: entry)
            for reference in references { _ = try snapshot.pack(of: reference) }
            chunks += references.map { Chunk(reference: $0, domain: domain) }
        } catch {
            try miss(snapshot, findings, at: entry.path, error)
        }
    }

    private mutating func reading(
        _ snapshot: OpenedSnapshot, _ findings: CheckFindings, at path: [UInt8],
        _ read: () async throws(HoldfastError) -> [UInt8]
    ) async throws(HoldfastError) -> [UInt8]? {
        do throws(HoldfastError) {
            return try await read()
        } catch {
            try miss(snapshot, findings, at: path, error)
            return nil
        }
    }

    /// Damage is a finding, a purge meanwhile is none; what only the store can say is thrown on.
    private mutating func miss(
        _ snapshot: OpenedSnapshot, _ findings: CheckFindings, at path: [UInt8], _ error: HoldfastError
    ) throws(HoldfastError) {
        isComplete = false
        switch error {
        case .lostRace: break
        case .object(_, let error) where error.isNewer: miss(snapshot, findings, at: path, error)
        case .object, .missing, .inconsistent, .store(.damaged):
            miss(snapshot, findings, at: path, "\(error)", in: error.damagedPack)
        default: throw error
        }
    }

    private mutating func miss(
        _ snapshot: OpenedSnapshot, _ findings: CheckFindings, at path: [UInt8], _ error: FormatError
    ) {
        guard error.isNewer else { return miss(snapshot, findings, at: path, "\(error)") }
        isComplete = false
        findings.add(newer: .record(1, of: snapshot.id), "its listing at \(path.displayPath): \(error)")
    }

    private mutating func miss(
        _ snapshot: OpenedSnapshot, _ findings: CheckFindings, at path: [UInt8], _ why: String, in pack: Digest? = nil
    ) {
        isComplete = false
        let message = "its listing at \(path.displayPath): \(why)"
        findings.add(CheckError("\(ObjectName.record(1, of: snapshot.id))", .content, message), touching: snapshot.id, in: pack)
    }
}
