package import HoldfastModel

/// The key managers of a project, behind the list of CMKs that its file trusts: whatever names a CMK, a key log, an envelope,
/// a person, no manager is asked about one that the project does not list (`docs/SECURITY.md`, attack W1).
package struct KeyManagers: Sendable {
    private let managers: [any KeyManager]
    private let trusted: [CMKPattern]

    package init(_ managers: [any KeyManager], trusted: [CMKPattern]) {
        self.managers = managers
        self.trusted = trusted
    }

    /// The same managers, each CMK used itself: what opens by it was not opened by a relative.
    var exact: KeyManagers { KeyManagers(managers.map(\.exact), trusted: trusted) }

    package func trusts(_ cmk: CMK) -> Bool { trusted.contains { $0.matches(cmk) } }

    /// The manager that serves this CMK.
    package func manager(of cmk: CMK) throws(HoldfastError) -> any KeyManager {
        guard trusts(cmk) else { throw .untrusted(cmk) }
        guard let manager = managers.first(where: { $0.scheme == cmk.scheme }) else {
            throw .keyManager(.unreachable(cmk.scheme, detail: "no key manager of this kind is configured"))
        }
        return manager
    }

    /// Throws where what comes back has no room in a record: it could be written and never read.
    package func wrap(
        _ key: borrowing Secret, under cmk: CMK, context: EncryptionContext
    ) async throws(HoldfastError) -> Envelope {
        let manager = try manager(of: cmk)
        let envelope: Envelope
        do { envelope = try await manager.wrap(key, under: cmk, context: context) } catch { throw .keyManager(error) }
        guard envelope.isWritable else {
            throw .keyManager(.unreachable(cmk.uri, detail: "its answer is longer than an envelope may be, or empty"))
        }
        return envelope
    }

    package func unwrap(_ envelope: Envelope, context: EncryptionContext) async throws(HoldfastError) -> Secret {
        let manager = try manager(of: envelope.cmk)
        do { return try await manager.unwrap(envelope, context: context) } catch { throw .keyManager(error) }
    }

    /// Whether an envelope under `cmk` that was refused so will never open here: it was changed or belongs elsewhere, or its CMK is gone for
    /// good or none of this project's. All else may be another answer another time; but where new snapshots no longer use the CMK, this host
    /// may be meant to open nothing under it, and a plain refusal is taken for the last word.
    func isFinal(_ refusal: HoldfastError, of cmk: CMK, active: CMK) -> Bool {
        guard managers.contains(where: { $0.scheme == cmk.scheme }) else { return true }
        return switch refusal {
        case .keyManager(.incorrect), .keyManager(.foreignProject), .keyManager(.state(_, .deleted)),
            .keyManager(.state(_, .destroyed)), .untrusted:
            true
        case .keyManager(.notFound):
            cmk != active || managers.contains { $0.scheme == cmk.scheme && !$0.remembersDestroyed }
        case .keyManager(.denied): cmk != active
        case .keyManager(.state(_, let state)): cmk != active && state != .unreachable
        default: false
        }
    }

    /// Has a CMK enabled, also one whose deletion is pending.
    func takeBack(_ cmk: CMK) async throws(HoldfastError) {
        let manager = try manager(of: cmk)
        do {
            let state = try await manager.describe(cmk).state
            if state.isPendingDeletion { try await manager.cancelDeletion(of: cmk) }
            if state != .enabled { try await manager.enable(cmk) }
        } catch {
            throw .keyManager(error)
        }
    }

    /// Puts on record that a repository uses the CMK, or is about to.
    func recordUse(of cmk: CMK, by repository: Repository) async throws(HoldfastError) {
        let manager = try manager(of: cmk)
        do { try await manager.recordUse(of: cmk, by: repository.id) } catch { throw .keyManager(error) }
    }

    /// What the manager says of a CMK; no answer, and no right to ask, count as such and are no errors.
    package func state(of cmk: CMK) async -> CMKState { await reading(of: cmk).state }

    /// The same, with the family that it is of.
    func reading(of cmk: CMK) async -> ProjectReading.Key {
        do throws(HoldfastError) {
            let manager = try manager(of: cmk)
            do throws(KeyManagerError) {
                return reading(of: try await manager.describe(itself: cmk))
            } catch .notFound where manager.remembersDestroyed {
                return ProjectReading.Key(state: .unreachable)
            } catch {
                throw .keyManager(error)
            }
        } catch .keyManager(.state(_, let state)) {
            return ProjectReading.Key(state: state)
        } catch .keyManager(.denied) {
            return ProjectReading.Key(state: .denied)
        } catch .keyManager(.notFound) {
            return ProjectReading.Key(state: .deleted)
        } catch {
            return ProjectReading.Key(state: .unreachable)
        }
    }

    /// Relatives that the project does not list are left out: it would not be allowed to open anything with them.
    private func reading(of description: CMKDescription) -> ProjectReading.Key {
        ProjectReading.Key(
            state: description.state, isPassing: description.deletionDate != nil, family: description.family.filter(trusts),
            repositories: description.repositories)
    }

    /// What the managers list.
    struct Listing: Sendable {
        /// The trusted CMKs.
        var keys: [CMK: ProjectReading.Key] = [:]
        /// What they say of each.
        var descriptions: [CMK: CMKDescription] = [:]
        /// Why a manager lists none, by its scheme.
        var silences: [String: KeyManagerSilence] = [:]
        /// The schemes of managers that are not to be asked any further.
        var refused: Set<String> = []
    }

    /// A manager that does not answer lists none, and says why. Of one whose edition `refusal` has something against nothing counts.
    func list(refusal: (KeyManagerEdition) -> KeyManagerSilence? = { _ in nil }) async -> Listing {
        var listing = Listing()
        for manager in managers {
            do {
                if let why = try await manager.silence(refusal) {
                    listing.refused.insert(manager.scheme)
                    listing.silences[manager.scheme] = why
                    continue
                }
                for description in try await manager.list() where trusts(description.cmk) {
                    listing.keys[description.cmk] = reading(of: description)
                    listing.descriptions[description.cmk] = description
                }
            } catch {
                listing.silences[manager.scheme] = KeyManagerSilence(error)
            }
        }
        return listing
    }
}

extension KeyManager {
    /// What `refusal` has against its edition; nil: nothing. Another process may have written and remembered a later one right after it was
    /// read: then it is read once more.
    package func silence(
        _ refusal: (KeyManagerEdition) -> KeyManagerSilence?
    ) async throws(KeyManagerError) -> KeyManagerSilence? {
        var refused: KeyManagerEdition?
        while let edition = try await self.edition() {
            guard let why = refusal(edition) else { return nil }
            if edition == refused { return why }
            refused = edition
        }
        return nil
    }

    /// Refuses another name of a CMK, such as an alias: what is found out about a name says nothing of the CMK that it stands for, and
    /// the other way round.
    func describe(itself cmk: CMK) async throws(KeyManagerError) -> CMKDescription {
        let description = try await describe(cmk)
        guard description.cmk == cmk else {
            throw .unsuitable(cmk, detail: "this is another name of \(description.cmk): name that one")
        }
        return description
    }
}
