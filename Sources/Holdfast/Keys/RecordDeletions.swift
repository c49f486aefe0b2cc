package import HoldfastModel

/// Writes into the key logs that a CMK is gone, once its scheduled date has come and its key manager says that it is: from then on
/// what only it opened counts for no guard (`docs/RETENTION.md`, section 1.2).
package struct RecordDeletions: Sendable {
    private let project: ProjectRepositories

    package init(_ project: ProjectRepositories) { self.project = project }

    /// Answers what was recorded now. The key manager's word alone is not enough: another one may have been asked by mistake. Throws
    /// `.refused` where a key log may have lost its end: what is appended there takes the place of what is to be put back.
    package func run(_ survey: ProjectSurvey, by node: String) async throws(HoldfastError) -> [CMK] {
        let gone = Self.gone(in: survey.reading, at: survey.asOf)
        guard gone.isEmpty || project.areWhole(in: survey) else {
            throw .refused(
                "not every cluster was read whole, and a key log may have lost its end",
                object: gone.map(\.uri).joined(separator: ", "), remedy: "see what is wrong: holdfast check, of each cluster")
        }
        for cmk in gone {
            try await project.appendEverywhere(at: survey.asOf, by: node) { log, _ in
                log.deleted.contains(cmk) ? nil : .deleted(cmk)
            }
        }
        return gone
    }

    private static func gone(in reading: ProjectReading, at now: Timestamp) -> [CMK] {
        let logs = reading.clusters.compactMap(\.latestKeyLog)
        let due = logs.reduce(into: Set<CMK>()) { due, log in
            due.formUnion(log.scheduled.filter { $0.value <= now && reading.state(of: $0.key) == .deleted }.keys)
        }
        return due.filter { cmk in logs.contains { !$0.deleted.contains(cmk) } }.sorted()
    }
}
