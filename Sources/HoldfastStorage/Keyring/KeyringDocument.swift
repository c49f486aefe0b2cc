import HoldfastModel

/// What a keyring file says, without its MAC (`docs/FORMAT.md`, local keyring).
struct KeyringDocument: Hashable, Sendable {
    let id: KeyringID
    /// Counts the writes, from 1 on. Witnesses remember it: a file that falls back was replaced by an old copy.
    var generation: Int64
    /// The latest real time at which the file was written; nil as long as all times were simulated.
    var seen: Timestamp?
    var kdf: KeyringKDF
    /// 32 bytes that tell a wrong passphrase from damage.
    var check: [UInt8]
    var keys: [KeyringKey]

    var edition: KeyManagerEdition { KeyManagerEdition(manager: id.hex, number: generation) }

    func cmk(of key: KeyringKey) -> CMK { LocalCMK(keyring: id, key: key.id).cmk }
}

/// One CMK of a keyring, or the stone of one that is gone.
struct KeyringKey: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case sealed(SealedCMK)
        case destroyed(Timestamp)
    }

    let id: LocalKeyID
    let label: String
    var content: Content
}

/// A CMK under the seal key of its keyring, and what is said of it in the clear.
struct SealedCMK: Hashable, Sendable {
    enum State: Hashable, Sendable {
        case enabled, disabled
        case pendingDeletion(after: Timestamp)
    }

    static let saltByteCount = 32
    static let sealedByteCount = 48

    let project: String
    let created: Timestamp
    var state: State
    /// Where it is, or was, used: what to look through before it may go.
    var repositories: Set<RepositoryID> = []
    /// Fresh in every sealing.
    var salt: [UInt8]
    var sealed: [UInt8]
}

extension KeyringKey {
    var state: CMKState {
        switch content {
        case .destroyed: .deleted
        case .sealed(let sealed):
            switch sealed.state {
            case .enabled: .enabled
            case .disabled: .disabled
            case .pendingDeletion: .pendingDeletion
            }
        }
    }

    /// When it goes, or went.
    var deletionDate: Timestamp? {
        switch content {
        case .destroyed(let date): date
        case .sealed(let sealed):
            if case .pendingDeletion(let date) = sealed.state { date } else { nil }
        }
    }

    var repositories: Set<RepositoryID> {
        if case .sealed(let sealed) = content { sealed.repositories } else { [] }
    }

    var created: Timestamp? {
        if case .sealed(let sealed) = content { sealed.created } else { nil }
    }
}
