/// Keeps CMKs and uses them on our behalf; a CMK never leaves it.
///
/// What every key manager must hold, and what the conformance suite in HoldfastTesting tries: a key wrapped under a
/// context opens under that context and CMK alone; wrap and unwrap need the state `enabled`; `describe` works in every
/// state and uses no key; a denial is an answer, a time-out is not.
package protocol KeyManager: Sendable {
    /// The URI scheme that it serves: `local`, `aws-kms`.
    var scheme: String { get }

    /// Whether "not found" is no answer: it goes on naming a CMK that was destroyed, so that one which it does not know is in another
    /// copy of it, or it may be another manager altogether.
    var remembersDestroyed: Bool { get }

    /// The same manager, which uses each CMK itself and lets no relative of it stand in: for proofs of what a CMK opens.
    var exact: any KeyManager { get }

    /// Where an older copy of the manager can take the place of a newer one: what tells them apart. Nil elsewhere.
    func edition() async throws(KeyManagerError) -> KeyManagerEdition?

    func describe(_ cmk: CMK) async throws(KeyManagerError) -> CMKDescription

    /// What it tells of a CMK beside its state; nil where it keeps no such notes. A failure is a note.
    func notes(on cmk: CMK) async -> KeyNotes?

    /// Every CMK that it can list, for `keys list`.
    func list() async throws(KeyManagerError) -> [CMKDescription]

    /// Puts on record, where the manager keeps such a list, that a repository uses the CMK: to be called before it becomes active
    /// there, and before an envelope under it is stored there. A deletion check that does not know one of these repositories does not know
    /// what needs the CMK.
    func recordUse(of cmk: CMK, by repository: RepositoryID) async throws(KeyManagerError)

    func wrap(_ key: borrowing Secret, under cmk: CMK, context: EncryptionContext) async throws(KeyManagerError) -> Envelope

    /// Opens an envelope; `.incorrect` where it does not belong to this context or was changed.
    func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(KeyManagerError) -> Secret

    /// Schedules the deletion of the proof's CMK, one of `proof.cmks`, after a waiting period. There is no other way to ask.
    func scheduleDeletion(
        of cmk: CMK, proof: borrowing DeletionProof, waiting: Period
    ) async throws(KeyManagerError) -> Timestamp

    /// Takes the deletion back; the CMK is `disabled` afterwards.
    func cancelDeletion(of cmk: CMK) async throws(KeyManagerError)

    func disable(_ cmk: CMK) async throws(KeyManagerError)
    func enable(_ cmk: CMK) async throws(KeyManagerError)
}

extension KeyManager {
    package var remembersDestroyed: Bool { false }

    package var exact: any KeyManager { self }

    package func edition() async throws(KeyManagerError) -> KeyManagerEdition? { nil }

    package func notes(on cmk: CMK) async -> KeyNotes? { nil }

    package func recordUse(of cmk: CMK, by repository: RepositoryID) async throws(KeyManagerError) {}
}

/// How far a key manager that is a file has come: each change counts it on.
package struct KeyManagerEdition: Hashable, Sendable {
    /// The same in every copy of it.
    package let manager: String
    package let number: Int64

    package init(manager: String, number: Int64) {
        self.manager = manager
        self.number = number
    }
}

/// What a key manager says of one CMK.
package struct CMKDescription: Hashable, Sendable {
    package let cmk: CMK
    package let state: CMKState
    package let label: String
    package let created: Timestamp?
    package let deletionDate: Timestamp?
    /// How far the manager's word can be trusted: `software` for a local keyring, `unprotected` without a passphrase.
    package let assurance: String
    /// What opens the same envelopes, itself included: a multi-Region CMK in each of its Regions. Empty where there is no such thing.
    package let family: Set<CMK>
    /// The repositories on record as using it; empty where the manager keeps no such list.
    package let repositories: Set<RepositoryID>

    package init(
        cmk: CMK, state: CMKState, label: String, created: Timestamp?, deletionDate: Timestamp?, assurance: String,
        family: Set<CMK> = [], repositories: Set<RepositoryID> = []
    ) {
        self.cmk = cmk
        self.state = state
        self.label = label
        self.created = created
        self.deletionDate = deletionDate
        self.assurance = assurance
        self.family = family
        self.repositories = repositories
    }
}

/// A CMK's state as the deletion check weighs it (`docs/RETENTION.md`, section 3.1).
package enum CMKState: String, Hashable, Sendable, CaseIterable {
    case enabled, disabled
    case pendingDeletion = "pending_deletion"
    case pendingReplicaDeletion = "pending_replica_deletion"
    case pendingImport = "pending_import"
    /// Its manager is making it, and does not let it be used yet.
    case creating
    /// Its manager answers, but not the store behind it that holds the key.
    case unavailable
    case denied, destroyed, deleted, unreachable

    /// On its way out, and can still be taken back.
    package var isPendingDeletion: Bool { self == .pendingDeletion || self == .pendingReplicaDeletion }
}

/// Why a key manager did not do what it was asked.
package enum KeyManagerError: Error, Hashable, Sendable {
    /// It answered, and no: the CMK is in this state (disabled, pending deletion, destroyed, denied …).
    case state(CMK, CMKState)
    case notFound(CMK)
    /// It answered, and no: these credentials may not do this with the CMK. The detail is the manager's own, which may say why; what to
    /// do about it where that is more than to have it granted.
    case denied(CMK, detail: String, remedy: String? = nil)
    /// This is no CMK that can do what is asked, or not with such an argument.
    case unsuitable(CMK, detail: String)
    /// The envelope does not open under this CMK and context: it was changed, or belongs elsewhere.
    case incorrect(CMK)
    /// The CMK is of another project than this one.
    case foreignProject(CMK, project: String)
    /// No answer: try again later. Never to be read as "gone".
    case unreachable(String, detail: String)
    /// The passphrase is wrong, or there is none to be had.
    case passphrase(String, detail: String)
    /// There is no room for the keyring; it stands as it was.
    case noSpace(String)
    /// The keyring itself cannot be used: permissions, damage.
    case keyring(String, detail: String)
    /// The keyring is of a newer format: it may be whole, and this version cannot tell.
    case newerKeyring(String)
    /// The keyring is an older copy than was seen before: it opens what it opens, and is not changed.
    case olderKeyring(String)
}

extension KeyManagerError {
    /// The keyring is there, and is none any more.
    package var isDamage: Bool {
        if case .keyring(_, let detail) = self { detail.hasPrefix("damaged: ") } else { false }
    }
}
