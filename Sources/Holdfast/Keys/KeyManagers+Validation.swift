import HoldfastCrypto
package import HoldfastModel

extension KeyManagers {
    package func describe(_ cmk: CMK) async throws(HoldfastError) -> CMKDescription {
        let manager = try manager(of: cmk)
        do throws(KeyManagerError) { return try await manager.describe(itself: cmk) } catch { throw .keyManager(error) }
    }

    /// Refuses CMKs that neither the project names nor their key manager knows: most likely they are mistyped. Of a manager that does
    /// not answer it is not said that it knows nothing.
    func require(_ cmks: Set<CMK>, among named: Set<CMK>) async throws(HoldfastError) {
        for cmk in cmks.subtracting(named).sorted() {
            do throws(HoldfastError) {
                _ = try await describe(cmk)
            } catch .keyManager(.state(_, let state)) where state != .unreachable {
                // That was an answer.
                continue
            } catch .untrusted, .keyManager(.notFound) {
                throw .unknownCMK(cmk)
            } catch {
                throw error
            }
        }
    }

    /// As its key manager describes it: nothing is wrapped.
    func requireEnabled(_ cmk: CMK) async throws(HoldfastError) {
        let state = try await describe(cmk).state
        guard state == .enabled else { throw .keyManager(.state(cmk, state)) }
    }

    /// Refuses a CMK that cannot do what an active one must: it has to be enabled, and to open what it wraps. Where the second is
    /// not asked of whoever tries, `opens` is false.
    package func validate(
        _ cmk: CMK, for repository: Repository, by node: String, opens: Bool = true
    ) async throws(HoldfastError) {
        try await requireEnabled(cmk)
        let probe = Random.secret()
        let context = EncryptionContext(
            project: repository.project, cluster: repository.cluster, repository: repository.id, snapshot: Random.id(),
            node: node, kind: .manifest)
        let envelope = try await wrap(probe, under: cmk, context: context)
        guard opens else { return }
        let opened = try await unwrap(envelope, context: context)
        guard ConstantTime.equal(probe.bytes, opened.bytes) else { throw .keyManager(.incorrect(cmk)) }
    }
}
