import Holdfast
import HoldfastCatalog
import HoldfastModel
import HoldfastStorage

/// How far this machine has seen a project's local keyring come: each cluster's witness remembers it.
struct KeyringMemory: Sendable {
    let session: Session
    let clusters: [Cluster]

    /// Remembers an edition whose MAC was checked, or that was written. That it cannot be, or that a later one was seen, stops nothing
    /// here: an older copy opens what it opens.
    func remember(_ edition: KeyManagerEdition) -> KeyringStanding {
        let answers = askAll { try $0.observe(edition) }
        if let later = answers.highest { return .older(than: later) }
        if let problem = answers.problem { return .unknown(Failure(problem).message) }
        if let unmade = answers.unmade { noteUnkept(unmade) }
        return .newest
    }

    /// Says what `remember` has answered, but for what is as it should be.
    func tell(_ standing: KeyringStanding, of edition: KeyManagerEdition) {
        switch standing {
        case .newest: return
        case .older(let later): session.note("holdfast: \(KeyManagerSilence(olderCopy: edition, seen: later).line)")
        case .unknown(let why): noteUnkept(why)
        }
    }

    private func noteUnkept(_ why: String) { session.note("holdfast: not remembered, which keyring was used: \(why)") }

    /// Throws where a later edition was seen: what an older copy says of a CMK may have been true once. Nothing is remembered.
    func requireNewest(_ keyring: LocalKeyring) async throws {
        let silence = try await keyring.silence { edition in
            let answers = askAll { try $0.later(than: edition) }
            if let later = answers.highest { return KeyManagerSilence(olderCopy: edition, seen: later) }
            return answers.problem.map { KeyManagerSilence(reason: Failure($0).message) }
        }
        guard let silence else { return }
        throw Failure(.failed, sentence: silence.reason, about: keyring.scheme, silence.remedy ?? "")
    }

    /// Remembers an edition, however old: a user calls it right. No repository needs to be there for it. Of witnesses that fail the first is
    /// told once all others have it.
    func accept(_ edition: KeyManagerEdition) throws {
        let answers = askAll { witness in
            try witness.accept(edition)
            return nil
        }
        if let problem = answers.problem { throw problem }
    }

    private struct Answers {
        /// The highest number that any witness gives.
        var highest: Int64?
        /// Why the first of those that could not be asked could not.
        var problem: (any Error)?
        /// Why one that is not there could not be begun: there is nothing in it that could contradict.
        var unmade: String?
    }

    /// Every witness, whatever another says.
    private func askAll(_ ask: (Witness) throws -> Int64?) -> Answers {
        var answers = Answers()
        for id in clusters.compactMap(\.id) {
            do {
                let path = try session.statePath(of: id)
                let witness = try Witness(forReadingAt: path, of: id, isNeeded: true) { answers.unmade = $0 }
                guard let number = try ask(witness) else { continue }
                answers.highest = max(answers.highest ?? number, number)
            } catch {
                answers.problem = answers.problem ?? error
            }
        }
        return answers
    }
}
