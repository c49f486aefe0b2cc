package import HoldfastModel

/// The reversible step before a deletion: refused, as that is, while anything needs the CMK.
package struct DisableKey: Sendable {
    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// Disables the CMK if it is clear and retired everywhere, as far as the store tells; that can be taken back in seconds, so no
    /// snapshot is opened for it. Answers what the check said: the CMK is disabled if that is `safeForGood`.
    package func disable(_ cmk: CMK, at now: Timestamp) async throws(HoldfastError) -> DeletionReport {
        let report = try await CheckKeys(project, keys: keys).run([cmk], at: now)
        guard report.verdict.answer == .safeForGood else { return report }
        let manager = try keys.manager(of: cmk)
        do { try await manager.disable(cmk) } catch { throw .keyManager(error) }
        return report
    }

    /// Never refused by us, unless nothing knows it: a CMK that can be used again threatens nothing.
    package func enable(_ cmk: CMK) async throws(HoldfastError) {
        try await keys.require([cmk], among: await project.namedCMKs())
        let manager = try keys.manager(of: cmk)
        do { try await manager.enable(cmk) } catch { throw .keyManager(error) }
    }
}
