import HoldfastModel

/// What may become of a CMK, decided on values alone (`docs/FORMAT.md`, local keyring: states).
extension KeyringDocument {
    /// The shortest and longest waiting period, in seconds: 7 and 365 days.
    static let waitingPeriod: ClosedRange<Int64> = 7 * 86_400...365 * 86_400

    func describe(_ key: KeyringKey) -> CMKDescription {
        CMKDescription(
            cmk: cmk(of: key), state: key.state, label: key.label, created: key.created, deletionDate: key.deletionDate,
            assurance: kdf.assurance, repositories: key.repositories)
    }

    func key(_ cmk: CMK) throws(KeyManagerError) -> KeyringKey { keys[try index(of: cmk)] }

    /// The CMK's sealed form, where it is enabled.
    func usableKey(_ cmk: CMK) throws(KeyManagerError) -> (id: LocalKeyID, sealed: SealedCMK) {
        let key = try key(cmk)
        guard case .sealed(let sealed) = key.content, sealed.state == .enabled else { throw .state(cmk, key.state) }
        return (key.id, sealed)
    }

    /// Refuses a CMK that was created for another project.
    func refuseForeign(_ cmk: CMK, project: String) throws(KeyManagerError) {
        let key = try key(cmk)
        if key.isForeign(to: project), case .sealed(let sealed) = key.content {
            throw .foreignProject(cmk, project: sealed.project)
        }
    }

    mutating func enable(_ cmk: CMK) throws(KeyManagerError) {
        try change(cmk, from: [.enabled, .disabled]) { $0.state = .enabled }
    }

    mutating func disable(_ cmk: CMK) throws(KeyManagerError) {
        try change(cmk, from: [.enabled, .disabled]) { $0.state = .disabled }
    }

    mutating func scheduleDeletion(of cmk: CMK, after date: Timestamp) throws(KeyManagerError) {
        try change(cmk, from: [.enabled, .disabled]) { $0.state = .pendingDeletion(after: date) }
    }

    /// The CMK is disabled afterwards: what it is needed for is to be looked at before it is used again.
    mutating func cancelDeletion(of cmk: CMK) throws(KeyManagerError) {
        try change(cmk, from: [.pendingDeletion]) { $0.state = .disabled }
    }

    mutating func recordUse(of cmk: CMK, by repository: RepositoryID) throws(KeyManagerError) {
        try change(cmk, from: [.enabled, .disabled, .pendingDeletion]) { $0.repositories.insert(repository) }
    }

    /// Removes the CMK for good; a stone remains.
    mutating func destroy(_ cmk: CMK, at now: Timestamp) throws(KeyManagerError) {
        let index = try index(of: cmk)
        guard case .sealed = keys[index].content else { throw .state(cmk, .deleted) }
        keys[index].content = .destroyed(now)
    }

    /// Whether the waiting period of any CMK is over.
    func hasDueKeys(at now: Timestamp) -> Bool { keys.contains { Self.isDue($0, at: now) } }

    mutating func destroyDueKeys(at now: Timestamp) {
        for index in keys.indices where Self.isDue(keys[index], at: now) { keys[index].content = .destroyed(now) }
    }

    private static func isDue(_ key: KeyringKey, at now: Timestamp) -> Bool {
        guard key.state == .pendingDeletion, let date = key.deletionDate else { return false }
        return now >= date
    }

    private mutating func change(
        _ cmk: CMK, from states: Set<CMKState>, _ change: (inout SealedCMK) -> Void
    ) throws(KeyManagerError) {
        let index = try index(of: cmk)
        guard case .sealed(var sealed) = keys[index].content, states.contains(keys[index].state) else {
            throw .state(cmk, keys[index].state)
        }
        change(&sealed)
        keys[index].content = .sealed(sealed)
    }

    private func index(of cmk: CMK) throws(KeyManagerError) -> Int {
        guard let name = LocalCMK(cmk) else { throw .notFound(cmk) }
        // The wrong keyring knows nothing of another one's keys: that is no answer, and never to be read as "deleted".
        guard name.keyring == id else { throw .unreachable(cmk.uri, detail: "this keyring is \(id), not the one of the CMK") }
        guard let index = keys.firstIndex(where: { $0.id == name.key }) else { throw .notFound(cmk) }
        return index
    }
}

extension KeyringKey {
    /// Whether it was created for another project. Of one that was destroyed nobody knows any more.
    func isForeign(to project: String) -> Bool {
        guard case .sealed(let sealed) = content else { return false }
        return sealed.project != project
    }
}
