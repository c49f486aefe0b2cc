import HoldfastCrypto
package import HoldfastModel
import Synchronization

/// A key manager in memory: states can be set, failures switched on, and calls are counted.
///
/// What it "wraps" it remembers, and gives out a random name for it: nothing else opens it.
package final class FakeKeyManager: KeyManager {
    package enum Mode: Hashable, Sendable {
        case answering
        /// Every call times out.
        case unreachable
        /// Every call is answered with no.
        case denied
    }

    package enum Call: Hashable, Sendable, CaseIterable {
        case describe, list, recordUse, wrap, unwrap, scheduleDeletion, cancelDeletion, disable, enable
    }

    private struct Key {
        let label: String
        let created: Timestamp
        var state = CMKState.enabled
        var deletionDate: Timestamp?
        var mode: Mode?
        var repositories: Set<RepositoryID> = []
        var family: Set<CMK> = []
        /// Of what is wrapped from now on.
        var version: String?
        var refusedVersions: Set<String> = []
    }

    private struct Wrapping {
        let cmk: CMK
        let context: EncryptionContext
        let key: [UInt8]
    }

    private struct State {
        var mode = Mode.answering
        var keys: [CMK: Key] = [:]
        var wrappings: [[UInt8]: Wrapping] = [:]
        var calls: [Call: Int] = [:]
        var askedAbout: Set<CMK> = []
        var refusals: [Call: KeyManagerError] = [:]
        var editions: [KeyManagerEdition] = []
    }

    package let scheme: String
    private let wrappedByteCount: Int
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// Its CMKs are `<scheme>:1`, `<scheme>:2` … and know nothing of projects.
    package init(
        scheme: String = "fake", wrappedByteCount: Int = 32,
        now: @escaping @Sendable () -> Timestamp = { Timestamp(seconds: 1_800_000_000) }
    ) {
        self.scheme = scheme
        self.wrappedByteCount = wrappedByteCount
        self.now = now
    }

    /// A new CMK, enabled.
    package func createCMK(label: String = "") -> CMK {
        state.withLock { state in
            guard let cmk = CMK("\(scheme):\(state.keys.count + 1)") else { preconditionFailure("'\(scheme)' is no scheme") }
            state.keys[cmk] = Key(label: label, created: now())
            return cmk
        }
    }

    /// Puts a CMK in a state, as its administrator or the passage of time would.
    package func set(_ cmk: CMK, _ newState: CMKState, deletionDate: Timestamp? = nil) {
        state.withLock {
            $0.keys[cmk]?.state = newState
            $0.keys[cmk]?.deletionDate = deletionDate
        }
    }

    /// From now on the CMK wraps under this version of its key.
    package func set(_ cmk: CMK, version: String) { state.withLock { $0.keys[cmk]?.version = version } }

    /// From now on the CMK opens nothing that this version of its key wrapped.
    package func refuse(_ cmk: CMK, version: String) {
        state.withLock { _ = $0.keys[cmk]?.refusedVersions.insert(version) }
    }

    /// Makes a family of CMKs: each opens what another wrapped.
    package func join(_ family: Set<CMK>) {
        state.withLock { state in for cmk in family { state.keys[cmk]?.family = family } }
    }

    /// How it behaves, for all CMKs or for one, which then goes its own way.
    package func set(_ mode: Mode, for cmk: CMK? = nil) {
        state.withLock { state in
            if let cmk { state.keys[cmk]?.mode = mode } else { state.mode = mode }
        }
    }

    /// From now on every such call fails so.
    package func refuse(_ call: Call, with error: KeyManagerError) { state.withLock { $0.refusals[call] = error } }

    /// What it answers when it is asked for its edition, one after the other, and the last one from then on; none: it has none.
    package func set(editions: [KeyManagerEdition]) { state.withLock { $0.editions = editions } }

    package func edition() async throws(KeyManagerError) -> KeyManagerEdition? {
        state.withLock { state in state.editions.count > 1 ? state.editions.removeFirst() : state.editions.first }
    }

    /// How often each call was made, the refused ones included.
    package var calls: [Call: Int] { state.withLock { $0.calls } }

    /// The CMKs that calls have named, those that it does not have included.
    package var askedAbout: Set<CMK> { state.withLock { $0.askedAbout } }

    package func describe(_ cmk: CMK) async throws(KeyManagerError) -> CMKDescription {
        let key = try use(cmk, .describe) { key, _ in key }
        return describe(cmk, key)
    }

    /// CMKs that have a mode of their own are listed as what it makes of them.
    package func list() async throws(KeyManagerError) -> [CMKDescription] {
        let (mode, keys) = state.withLock { state in
            state.calls[.list, default: 0] += 1
            return (state.mode, state.keys)
        }
        guard mode == .answering else { throw .unreachable(scheme, detail: "the fake is \(mode)") }
        return keys.sorted { $0.key < $1.key }.map { describe($0, $1) }
    }

    package func recordUse(of cmk: CMK, by repository: RepositoryID) async throws(KeyManagerError) {
        _ = try use(cmk, .recordUse) { _, state in state.keys[cmk]?.repositories.insert(repository).inserted }
    }

    package func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) async throws(KeyManagerError) -> Envelope {
        let (token, bytes) = (Random.bytes(wrappedByteCount), key.bytes.indices.map { key.bytes[$0] })
        let version = try useEnabled(cmk, .wrap) { state in
            state.wrappings[token] = Wrapping(cmk: cmk, context: context, key: bytes)
            return state.keys[cmk]?.version
        }
        return Envelope(cmk: cmk, version: version, wrapped: token, created: now())
    }

    package func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(KeyManagerError) -> Secret {
        let (wrapping, family, refused) = try useEnabled(envelope.cmk, .unwrap) { state in
            let key = state.keys[envelope.cmk]
            return (state.wrappings[envelope.wrapped], key?.family ?? [], key?.refusedVersions ?? [])
        }
        if let version = envelope.version, refused.contains(version) { throw .state(envelope.cmk, .disabled) }
        guard let wrapping, family.union([envelope.cmk]).contains(wrapping.cmk), wrapping.context == context else {
            throw .incorrect(envelope.cmk)
        }
        return Secret(copying: wrapping.key.span)
    }

    package func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) async throws(KeyManagerError) -> Timestamp {
        precondition(proof.cmks.contains(cmk), "the proof is of other CMKs")
        let date = waiting.after(now())
        try change(cmk, .scheduleDeletion, from: [.enabled, .disabled], to: .pendingDeletion, deletionDate: date)
        return date
    }

    package func cancelDeletion(of cmk: CMK) async throws(KeyManagerError) {
        try change(cmk, .cancelDeletion, from: [.pendingDeletion], to: .disabled)
    }

    package func disable(_ cmk: CMK) async throws(KeyManagerError) {
        try change(cmk, .disable, from: [.enabled, .disabled], to: .disabled)
    }

    package func enable(_ cmk: CMK) async throws(KeyManagerError) {
        try change(cmk, .enable, from: [.enabled, .disabled], to: .enabled)
    }

    private func describe(_ cmk: CMK, _ key: Key) -> CMKDescription {
        let state: CMKState =
            switch key.mode {
            case .unreachable: .unreachable
            case .denied: .denied
            case .answering, nil: key.state
            }
        return CMKDescription(
            cmk: cmk, state: state, label: key.label, created: key.created, deletionDate: key.deletionDate, assurance: "fake",
            family: key.family, repositories: key.repositories)
    }

    private func change(
        _ cmk: CMK, _ call: Call, from states: Set<CMKState>, to next: CMKState, deletionDate: Timestamp? = nil
    ) throws(KeyManagerError) {
        let refusal = try use(cmk, call) { key, state -> CMKState? in
            guard states.contains(key.state) else { return key.state }
            state.keys[cmk]?.state = next
            state.keys[cmk]?.deletionDate = deletionDate
            return nil
        }
        if let refusal { throw .state(cmk, refusal) }
    }

    private func useEnabled<Answer: Sendable>(
        _ cmk: CMK, _ call: Call, _ body: (inout State) -> Answer
    ) throws(KeyManagerError) -> Answer {
        let answer = try use(cmk, call) { key, state -> Result<Answer, KeyManagerError> in
            key.state == .enabled ? .success(body(&state)) : .failure(.state(cmk, key.state))
        }
        return try answer.get()
    }

    /// Counts the call, and runs `body` where the mode lets it be answered.
    private func use<Answer: Sendable>(
        _ cmk: CMK, _ call: Call, _ body: (Key, inout State) -> Answer
    ) throws(KeyManagerError) -> Answer {
        let answer = state.withLock { state -> Result<Answer, KeyManagerError> in
            state.calls[call, default: 0] += 1
            state.askedAbout.insert(cmk)
            if let error = state.refusals[call] { return .failure(error) }
            let key = state.keys[cmk]
            switch key?.mode ?? state.mode {
            case .answering: return key.map { .success(body($0, &state)) } ?? .failure(.notFound(cmk))
            case .unreachable: return .failure(.unreachable(scheme, detail: "the fake is unreachable"))
            case .denied: return .failure(.state(cmk, .denied))
            }
        }
        return try answer.get()
    }
}
