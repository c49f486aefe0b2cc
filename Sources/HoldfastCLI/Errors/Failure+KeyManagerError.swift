package import HoldfastModel

extension Failure {
    package init(_ error: KeyManagerError) {
        switch error {
        case .state(let cmk, let state): self.init(cmk, state)
        case .notFound(let cmk):
            self.init(
                .cmkUnavailable, "CMK not found", cmk.uri,
                "put back the keyring or token that holds it, or correct the project file")
        case .denied(let cmk, let detail, let remedy):
            self.init(.cmkUnavailable, "the use of the CMK is denied (\(detail))", cmk.uri, remedy ?? "have it granted")
        case .unsuitable(let cmk, let detail): self.init(.cmkUnavailable, detail, cmk.uri, "")
        case .incorrect(let cmk):
            self.init(.damaged, "an envelope does not open: it was altered, or belongs elsewhere", cmk.uri, "run holdfast check")
        case .foreignProject(let cmk, let project):
            self.init(.cmkUnavailable, "the CMK belongs to project \(project)", cmk.uri, "use that project's file")
        case .unreachable(let manager, let detail):
            self.init(.keyManagerUnreachable, "key manager unreachable (\(detail))", manager, "run it again once it answers")
        case .passphrase(let place, let detail): self.init(.passphrase, detail, place, "")
        case .noSpace(let path): self.init(.noSpace, "no space left for the keyring", path, "make room, and run it again")
        case .newerKeyring(let path):
            self.init(.damaged, "the keyring was written by a newer Holdfast", path, "use the newer Holdfast that wrote it")
        case .olderKeyring(let path):
            self.init(
                .failed, "the keyring is an older copy than was seen here, and is not changed", path,
                KeyManagerSilence.remedyOfOlderCopy)
        case .keyring(let path, let detail):
            self.init(
                error.isDamage ? .damaged : .failed, "the keyring cannot be used (\(detail))", path,
                error.isDamage ? "put back a copy of it that is whole" : "mend that, and run it again")
        }
    }

    private init(_ cmk: CMK, _ state: CMKState) {
        switch state {
        case .unreachable: self.init(.keyManagerUnreachable, "key manager unreachable", cmk.uri, "run it again once it answers")
        case .disabled: self.init(.cmkUnavailable, "the CMK is disabled", cmk.uri, "enable it: holdfast keys enable")
        case .pendingDeletion, .pendingReplicaDeletion:
            self.init(.cmkUnavailable, "the CMK is about to be deleted", cmk.uri, "stop that: holdfast keys cancel-deletion")
        case .denied: self.init(.cmkUnavailable, "the use of the CMK is denied", cmk.uri, "have it granted")
        case .creating:
            self.init(.cmkUnavailable, "the CMK is still being created", cmk.uri, "run it again once it is enabled")
        case .unavailable:
            self.init(
                .cmkUnavailable, "the store that holds the CMK does not answer its key manager", cmk.uri,
                "see to its custom key store, then run it again")
        case .pendingImport: self.init(.cmkUnavailable, "the CMK has no key material", cmk.uri, "import it again")
        case .destroyed, .deleted:
            self.init(
                .cmkUnavailable, "the CMK is destroyed", cmk.uri, "what only it opens is lost, unless a copy of it exists")
        case .enabled: self.init(.failed, "the key manager refused", cmk.uri, "")
        }
    }
}
