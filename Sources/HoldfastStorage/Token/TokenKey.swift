import CPKCS11
import HoldfastCrypto
import HoldfastModel

/// A key on a token, and what our data objects beside it say of it.
///
/// PKCS#11 knows neither states nor waiting periods. *Disabled* is what the token itself refuses: `CKA_ENCRYPT` and `CKA_DECRYPT` are
/// false. The rest are notes of ours, one fact each, which are made and destroyed but never changed: so two hosts lose nothing of each other's.
struct TokenKey {
    /// A data object's label is the kind and the key's id in hex; its application is `holdfast`.
    enum Note: String {
        /// The value is the time from which on the key is to be destroyed, and the key's label.
        case deletion
        /// When it was destroyed, and its label: a stone.
        case destroyed
        /// A repository that uses it.
        case use

        func label(_ name: TokenCMK) -> String { "\(rawValue) \(Hex.encode(name.id))" }
    }

    /// Nil of one that was destroyed.
    let handle: UInt?
    let label: String
    let isPermitted: Bool
    /// When it goes, or went.
    let deletionDate: Timestamp?
    let repositories: Set<RepositoryID>
    /// Whether the token was made to promise that it never gives the key away.
    let isExtractable: Bool

    var state: CMKState {
        if handle == nil { return .deleted }
        if deletionDate != nil { return .pendingDeletion }
        return isPermitted ? .enabled : .disabled
    }
}

extension TokenSession {
    /// The key with an id, and its notes; nil where there never was one. Throws where it is no AES key, or not the only one.
    func key(_ name: TokenCMK) throws(TokenFailure) -> TokenKey? {
        let handles = try keys(id: name.id)
        let stone = try datedNotes(.destroyed, name).first
        // Never destroyed in that one's stead: somebody made it since.
        if stone != nil, !handles.isEmpty {
            throw Self.unsuitable("its id is that of a key that was destroyed: no id is used twice")
        }
        let deletions = try datedNotes(.deletion, name)
        let deletion = deletions.max { $0.date < $1.date }
        guard let handle = handles.first else {
            // A key that went without a stone, since we were stopped in between or somebody else was faster, is gone all the same.
            guard let last = stone ?? deletion else { return nil }
            return TokenKey(
                handle: nil, label: last.label, isPermitted: false, deletionDate: last.date, repositories: [],
                isExtractable: false)
        }
        guard handles.count == 1 else { throw Self.unsuitable("\(handles.count) keys on the token have this id") }
        guard try number(CKA_KEY_TYPE, of: handle) == UInt(CKK_AES) else { throw Self.unsuitable("this is no AES key") }
        var repositories: Set<RepositoryID> = []
        for text in try values(.use, name) {
            guard let id = RepositoryID(text) else { throw Self.unsuitable("a note of who uses it cannot be read") }
            repositories.insert(id)
        }
        let (seals, opens) = (try flag(CKA_ENCRYPT, of: handle), try flag(CKA_DECRYPT, of: handle))
        return TokenKey(
            handle: handle, label: try text(CKA_LABEL, of: handle), isPermitted: seals && opens, deletionDate: deletion?.date,
            repositories: repositories, isExtractable: try flag(CKA_EXTRACTABLE, of: handle))
    }

    /// From then on the key is to be destroyed.
    func noteDeletion(of key: TokenKey, _ name: TokenCMK, at date: Timestamp) throws(TokenFailure) {
        try note(TokenKey.Note.deletion.label(name), "\(date) \(key.label)")
    }

    func removeDeletion(of name: TokenCMK) throws(TokenFailure) {
        for note in try notes(label: TokenKey.Note.deletion.label(name)) { try destroy(note) }
    }

    func noteUse(of name: TokenCMK, by repository: RepositoryID) throws(TokenFailure) {
        try note(TokenKey.Note.use.label(name), repository.hex)
    }

    /// Destroys a key for good, and leaves a stone.
    func bury(_ key: TokenKey, _ name: TokenCMK, at time: Timestamp) throws(TokenFailure) {
        guard let handle = key.handle else { return }
        try destroy(handle)
        try note(TokenKey.Note.destroyed.label(name), "\(time) \(key.label)")
        try removeDeletion(of: name)
    }

    /// The keys that have a note of this kind.
    func namesOnNotes(_ kind: TokenKey.Note, of token: String) throws(TokenFailure) -> Set<TokenCMK> {
        var names: Set<TokenCMK> = []
        for note in try notes() {
            let words = try ifThere { () throws(TokenFailure) in try text(CKA_LABEL, of: note) }?.split(separator: " ") ?? []
            guard words.count == 2, words[0] == kind.rawValue,
                let id = Hex.decode(String(words[1])), let name = TokenCMK(token: token, id: id)
            else { continue }
            names.insert(name)
        }
        return names
    }

    private func values(_ note: TokenKey.Note, _ name: TokenCMK) throws(TokenFailure) -> [String] {
        var values: [String] = []
        for object in try notes(label: note.label(name)) {
            if let value = try ifThere({ () throws(TokenFailure) in try text(CKA_VALUE, of: object) }) { values.append(value) }
        }
        return values
    }

    /// Nil of a note that another host has destroyed since it was found.
    private func ifThere(_ read: () throws(TokenFailure) -> String) throws(TokenFailure) -> String? {
        do throws(TokenFailure) { return try read() } catch  where error.isGone { return nil }
    }

    private func datedNotes(_ note: TokenKey.Note, _ name: TokenCMK) throws(TokenFailure) -> [(date: Timestamp, label: String)] {
        var all: [(date: Timestamp, label: String)] = []
        for value in try values(note, name) {
            let words = value.split(separator: " ", maxSplits: 1)
            guard let date = words.first.flatMap({ Timestamp(String($0)) }) else {
                throw Self.unsuitable("a note of its deletion cannot be read")
            }
            all.append((date, words.count > 1 ? String(words[1]) : ""))
        }
        return all
    }

    private static func unsuitable(_ detail: String) -> TokenFailure {
        TokenFailure(operation: "the key", code: TokenFailure.unsuitableCode, detail: detail)
    }
}
