import HoldfastModel
import HoldfastTesting

/// A key manager as one process sees it: each call waits to be let go, and may go wrong.
struct SteppedKeyManager: KeyManager {
    let base: FakeKeyManager
    let life: Life
    let ledger: Ledger

    var scheme: String { base.scheme }

    func describe(_ cmk: CMK) async throws(KeyManagerError) -> CMKDescription {
        try await ask(.describe, cmk.uri)
        return try await base.describe(cmk)
    }

    func list() async throws(KeyManagerError) -> [CMKDescription] {
        try await ask(.keys, scheme)
        return try await base.list()
    }

    func recordUse(of cmk: CMK, by repository: RepositoryID) async throws(KeyManagerError) {
        let isHeard = try await begin(.recordUse, cmk)
        try await base.recordUse(of: cmk, by: repository)
        try end(isHeard, cmk)
    }

    func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) async throws(KeyManagerError) -> Envelope {
        let isHeard = try await begin(.wrap, cmk)
        let envelope = try await base.wrap(key, under: cmk, context: context)
        try end(isHeard, cmk)
        return envelope
    }

    func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(KeyManagerError) -> Secret {
        try await ask(.unwrap, envelope.cmk.uri)
        return try await base.unwrap(envelope, context: context)
    }

    func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) async throws(KeyManagerError) -> Timestamp {
        let isHeard = try await begin(.schedule, cmk)
        let date = try await base.scheduleDeletion(of: cmk, proof: proof, waiting: waiting)
        ledger.scheduledDeletion(of: cmk.uri)
        try end(isHeard, cmk)
        return date
    }

    func cancelDeletion(of cmk: CMK) async throws(KeyManagerError) {
        let isHeard = try await begin(.cancel, cmk)
        try await base.cancelDeletion(of: cmk)
        try end(isHeard, cmk)
    }

    func disable(_ cmk: CMK) async throws(KeyManagerError) {
        let isHeard = try await begin(.disable, cmk)
        try await base.disable(cmk)
        try end(isHeard, cmk)
    }

    func enable(_ cmk: CMK) async throws(KeyManagerError) {
        let isHeard = try await begin(.enable, cmk)
        try await base.enable(cmk)
        try end(isHeard, cmk)
    }

    private func ask(_ kind: Call.Kind, _ text: String) async throws(KeyManagerError) {
        switch await life.pass(Call(kind, text)) {
        case .clear: return
        case .throttled: throw .unreachable(text, detail: "throttled")
        case .failedBefore, .answerLost, .requestLost, .late, .dead: throw .unreachable(text, detail: "no answer")
        }
    }

    /// Whether the caller will hear the answer.
    private func begin(_ kind: Call.Kind, _ cmk: CMK) async throws(KeyManagerError) -> Bool {
        switch await life.pass(Call(kind, cmk.uri)) {
        case .clear: return true
        case .answerLost: return false
        case .throttled: throw .unreachable(cmk.uri, detail: "throttled")
        case .failedBefore, .requestLost, .late, .dead: throw .unreachable(cmk.uri, detail: "no answer")
        }
    }

    private func end(_ isHeard: Bool, _ cmk: CMK) throws(KeyManagerError) {
        if !isHeard { throw .unreachable(cmk.uri, detail: "the answer was lost") }
    }
}
