package import HoldfastModel

/// May these CMKs be deleted; and which can be? Keyless, unless it is to prove its answer.
package struct CheckKeys: Sendable {
    private let project: ProjectRepositories
    private let keys: KeyManagers

    package init(_ project: ProjectRepositories, keys: KeyManagers) {
        self.project = project
        self.keys = keys
    }

    /// The answer for `cmks` together. Throws `.unknownCMK` for one that nothing knows: a mistyped name must not be "safe".
    package func run(
        _ cmks: Set<CMK>, proving: Bool = false, at now: Timestamp,
        progress: @Sendable (ProveDeletion.Progress) -> Void = { _ in }
    ) async throws(HoldfastError) -> DeletionReport {
        let reader = ReadProject(project, keys: keys)
        guard proving else {
            let survey = await reader.glance(at: now)
            try await keys.require(cmks, among: survey.reading.knownCMKs)
            return DeletionReport(cmks, survey, proof: nil)
        }
        var survey = await reader.run(at: now)
        try await keys.require(cmks, among: survey.reading.knownCMKs)
        let proof = await ProveDeletion(project, keys: keys).run(without: cmks, of: &survey, progress)
        await reader.readAgain(&survey)
        return DeletionReport(cmks, survey, proof: proof)
    }

    /// The answer to "which can I delete?"
    package func which(at now: Timestamp) async -> WhichKeysReport {
        let survey = await ReadProject(project, keys: keys).glance(at: now)
        return WhichKeysReport(answer: DeletionCheck(survey.reading, now: now).which(), survey: survey)
    }
}
