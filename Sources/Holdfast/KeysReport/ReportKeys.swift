package import HoldfastModel

/// Reads the whole project once and makes the keys report of it, answer and alerts alike. Keyless.
package struct ReportKeys: Sendable {
    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// - Parameters:
    ///   - remembered: what was told before, for alerts that become graver with time.
    ///   - drills: what is asked of this machine's drills, and what they have shown.
    package func run(
        named name: String, rotateEvery: Period?, remembered: AlertRound.Memory, drills: DrillWatch, at now: Timestamp
    ) async -> KeysReport {
        let survey = await ReadProject(project, keys: keys).glance(at: now)
        let audit = await AuditKeys(project, keys: keys).report(
            on: survey, rotateEvery: rotateEvery, remembered: remembered, drills: drills)
        return KeysReport(
            project: name, reading: survey.reading, deletionDates: audit.deletionDates,
            alerts: audit.alerts, asOf: now)
    }
}
