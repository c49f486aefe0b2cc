import HoldfastFormat
import HoldfastModel

/// Where chunks that are lost in one pack stand in another: a later snapshot of the lineage stored them again.
struct ChunkCopies: Sendable {
    struct Copy: Sendable {
        let snapshot: OpenedSnapshot
        let reference: ChunkReference
    }

    private var copies: [Digest: Copy] = [:]
    /// Hashes of lost chunks of which no copy was found yet.
    private var wanted: Set<Digest> = []

    init() {}

    init(of losses: ChunkLosses) { wanted = Set(losses.chunks.map(\.hash)) }

    func has(_ reference: ChunkReference) -> Bool { copies[reference.hash] != nil }

    /// Keyed hashes agree within one lineage alone.
    func copy(of reference: ChunkReference) -> Copy? { copies[reference.hash] }

    /// Looks through a snapshot for copies of `losses`.
    mutating func add(from snapshot: OpenedSnapshot, of losses: ChunkLosses) async throws(HoldfastError) {
        guard !wanted.isEmpty else { return }
        let opener = snapshot.makeOpener()
        var listing = StandingListing(snapshot)
        while let entry = try await listing.nextEntry() {
            do throws(HoldfastError) {
                for xattr in entry.xattrs {
                    guard case .ref(let packed) = xattr.value else { continue }
                    for reference in try snapshot.references(packed, of: entry) { add(reference, snapshot, losses) }
                }
                try await snapshot.forEachReference(of: entry, with: opener) { reference throws(HoldfastError) in
                    add(reference, snapshot, losses)
                }
            } catch  where error.isUnreadable {
                continue
            }
        }
    }

    private mutating func add(_ reference: ChunkReference, _ snapshot: OpenedSnapshot, _ losses: ChunkLosses) {
        guard wanted.contains(reference.hash), !losses.contains(reference, of: snapshot) else { return }
        wanted.remove(reference.hash)
        copies[reference.hash] = Copy(snapshot: snapshot, reference: reference)
    }
}
