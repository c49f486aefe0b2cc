import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

/// How far this machine has seen a project's local keyring come: each cluster's witness remembers it.
struct KeyringMemory: Sendable {
    let session: Session
    let clusters: [Cluster]

    /// Remembers an edition that was opened or written. That it cannot be, or that a later one was seen, is told and stops nothing here: an
    /// older copy opens what it opens. Gives the later one's number.
    func remember(_ edition: KeyManagerEdition) -> Int64? {
        do {
            let seen = try observe(edition)
            if let seen { session.note("holdfast: \(KeyManagerSilence(olderCopy: edition, seen: seen).line)") }
            return seen
        } catch {
            session.note("holdfast: not remembered, which keyring was used: \(Failure(error).message)")
            return nil
        }
    }

    /// Throws where a later edition was seen: what an older copy says of a CMK may have been true once.
    func requireNewest(_ keyring: LocalKeyring) async throws {
        guard let edition = try await keyring.edition(), let seen = try observe(edition) else { return }
        let silence = KeyManagerSilence(olderCopy: edition, seen: seen)
        throw Failure(.failed, sentence: silence.reason, about: edition.manager, silence.remedy ?? "")
    }

    /// Remembers an edition, however old: a user calls it right. No repository needs to be there for it.
    func accept(_ edition: KeyManagerEdition) throws {
        for witness in try witnesses() { try witness.accept(edition) }
    }

    /// The highest number that was seen before, where that is higher.
    private func observe(_ edition: KeyManagerEdition) throws -> Int64? {
        try witnesses().compactMap { try $0.observe(edition) }.max()
    }

    private func witnesses() throws -> [Witness] {
        try clusters.compactMap(\.id).map { try Witness(at: try session.statePath(of: $0), of: $0) }
    }
}
