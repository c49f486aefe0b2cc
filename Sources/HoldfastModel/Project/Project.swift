/// One `holdfast.yaml`: how to reach the key managers, the CMKs that are trusted, and the clusters.
package struct Project: Hashable, Sendable {
    /// The file that it was read from, as it was named.
    package var file: String
    /// Stands in every encryption context: it does not change.
    package var name: String
    /// The CMKs that may be used; what comes from a store can only choose among them.
    package var cmks: [CMKPattern]
    package var keyManagers: KeyManagerSettings
    package var s3: S3Settings
    /// CMKs that wrap every snapshot as well.
    package var recovery: [CMK]
    /// In the file's order.
    package var clusters: [Cluster]
    /// Repositories of destroyed clusters: somebody attests that nobody can write to them any more.
    package var gone: [RepositoryID]
    /// When to remind of a rotation; nil is `off`.
    package var rotateEvery: Period?
    /// Nil where nobody asks for drills.
    package var drill: DrillPlan?
    /// A command that gets news of alerts as JSON on its standard input; empty is nothing.
    package var onAlert: [String]
    /// Gets the same as the body of a POST.
    package var webhook: Webhook?

    package init(
        file: String, name: String, cmks: [CMKPattern], keyManagers: KeyManagerSettings,
        s3: S3Settings = S3Settings(access: AWSSettings()), recovery: [CMK] = [], clusters: [Cluster], gone: [RepositoryID] = [],
        rotateEvery: Period? = Period(days: 90), drill: DrillPlan? = nil, onAlert: [String] = [],
        webhook: Webhook? = nil
    ) {
        self.file = file
        self.name = name
        self.cmks = cmks
        self.keyManagers = keyManagers
        self.s3 = s3
        self.recovery = recovery
        self.clusters = clusters
        self.gone = gone
        self.rotateEvery = rotateEvery
        self.drill = drill
        self.onAlert = onAlert
        self.webhook = webhook
    }

    package func cluster(named name: String) -> Cluster? { clusters.first { $0.name == name } }

    /// Whether the file names this CMK, under `cmks:` or under `recovery:`.
    package func trusts(_ cmk: CMK) -> Bool {
        cmks.contains { $0.matches(cmk) } || recovery.contains(cmk)
    }
}
