package import HoldfastModel

/// Holds the whole project against its key managers' own view, and finds what deserves an alert. It uses `describe` alone: a real
/// decrypt would spoil a manager's own last-used date.
package struct AuditKeys: Sendable {
    /// What one audit found.
    package struct Report: Sendable {
        /// The most urgent first.
        package let alerts: [Alert]
        /// Everything was read, and every CMK answered: what is not seen is not there.
        package let isComplete: Bool
        /// The CMKs of which their key managers said something.
        package let answering: Set<CMK>
        /// When key managers are to delete what is pending deletion, by their own word.
        package let deletionDates: [CMK: Timestamp]
        package let read: ReadCounts
        package let asOf: Timestamp

        package var isCritical: Bool { alerts.contains { $0.level == .critical } }
    }

    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// - Parameters:
    ///   - remembered: what was told before, for alerts that become graver with time.
    ///   - failedClusters: where a snapshot failed since a key manager did not answer.
    ///   - drills: what is asked of this machine's drills, and what they have shown.
    package func run(
        rotateEvery: Period?, remembered: AlertRound.Memory, failedClusters: Set<String> = [], drills: DrillWatch,
        at now: Timestamp
    ) async -> Report {
        let survey = await ReadProject(project, keys: keys).glance(at: now)
        return await report(
            on: survey, rotateEvery: rotateEvery, remembered: remembered, failedClusters: failedClusters, drills: drills)
    }

    /// The same of what was read already, so that an answer and its alerts rest on one reading.
    package func report(
        on survey: ProjectSurvey, rotateEvery: Period?, remembered: AlertRound.Memory, failedClusters: Set<String> = [],
        drills: DrillWatch
    ) async -> Report {
        let (reading, now) = (survey.reading, survey.asOf)
        let deletionDates = await deletionDates(reading)
        let check = AlertCheck(
            reading,
            under: .init(
                now: now, rotateEvery: rotateEvery, deletionDates: deletionDates, remembered: remembered,
                failedClusters: failedClusters, silences: survey.silences, drills: drills))
        let answering = reading.knownCMKs.filter { reading.state(of: $0) != .unreachable }
        return Report(
            alerts: check.alerts, isComplete: check.isComplete && answering.count == reading.knownCMKs.count,
            answering: answering, deletionDates: deletionDates, read: ReadCounts(survey), asOf: now)
    }

    private func deletionDates(_ reading: ProjectReading) async -> [CMK: Timestamp] {
        var dates: [CMK: Timestamp] = [:]
        for (cmk, key) in reading.keys where key.state.isPendingDeletion || key.isPassing {
            do throws(HoldfastError) {
                dates[cmk] = try await keys.describe(cmk).deletionDate
            } catch {
                // The alert says "soon" then: that it is pending was answered a moment ago.
                continue
            }
        }
        return dates
    }
}
