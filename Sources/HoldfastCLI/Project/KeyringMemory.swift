import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

/// How far this machine has seen a project's local keyring come: each cluster's witness remembers it.
struct KeyringMemory: Sendable {
    let session: Session
    let clusters: [Cluster]

    /// Remembers an edition whose MAC was checked, or that was written. That it cannot be, or that a later one was seen, is told and stops
    /// nothing here: an older copy opens what it opens.
    func remember(_ edition: KeyManagerEdition) -> KeyringStanding {
        let (later, problem) = askAll { try $0.observe(edition) }
        if let later {
            session.note("holdfast: \(KeyManagerSilence(olderCopy: edition, seen: later).line)")
            return .older(than: later)
        }
        guard let problem else { return .newest }
        let message = Failure(problem).message
        session.note("holdfast: not remembered, which keyring was used: \(message)")
        return .unknown(message)
    }

    /// Throws where a later edition was seen: what an older copy says of a CMK may have been true once. Nothing is remembered.
    func requireNewest(_ keyring: LocalKeyring) async throws {
        let silence = try await keyring.silence { edition in
            let (later, problem) = askAll { try $0.later(than: edition) }
            if let later { return KeyManagerSilence(olderCopy: edition, seen: later) }
            return problem.map { KeyManagerSilence(reason: Failure($0).message) }
        }
        guard let silence else { return }
        throw Failure(.failed, sentence: silence.reason, about: keyring.scheme, silence.remedy ?? "")
    }

    /// Remembers an edition, however old: a user calls it right. No repository needs to be there for it. Of witnesses that fail the first is
    /// told once all others have it.
    func accept(_ edition: KeyManagerEdition) throws {
        let (_, problem) = askAll { witness in
            try witness.accept(edition)
            return nil
        }
        if let problem { throw problem }
    }

    /// Every witness, whatever another says: the highest number that any gives, and why the first of the others gave none.
    private func askAll(_ ask: (Witness) throws -> Int64?) -> (highest: Int64?, problem: (any Error)?) {
        var (highest, problem): (Int64?, (any Error)?) = (nil, nil)
        for id in clusters.compactMap(\.id) {
            do {
                guard let number = try ask(try Witness(at: try session.statePath(of: id), of: id)) else { continue }
                highest = max(highest ?? number, number)
            } catch {
                problem = problem ?? error
            }
        }
        return (highest, problem)
    }
}
