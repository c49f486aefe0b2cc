import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel

/// One audit as the command line runs it: looks, decides what is news, delivers it, and only then remembers that it was told; since when alerts
/// stand is remembered in any case.
struct Audit: Sendable {
    let project: ProjectContext

    private var session: Session { project.session }

    func run(failedClusters: Set<String> = [], isDryRun: Bool = false) async throws -> AuditOutcome {
        let memory = try memoryFile()
        let remembered = remembered(in: memory)
        let now = session.now
        let repositories = try await project.repositories()
        let survey = await ReadProject(repositories, keys: project.keys).glance(at: now)
        let report = await AuditKeys(repositories, keys: project.keys).report(
            on: survey, rotateEvery: project.project.rotateEvery, remembered: remembered, failedClusters: failedClusters,
            drills: try project.drillWatch())
        let round = AlertRound(
            report.alerts, remembered: remembered, isComplete: report.isComplete, answering: report.answering, at: now)
        var outcome = AuditOutcome(project: project.project.name, report: report, round: round)
        guard !isDryRun else { return outcome }
        await recordDeletions(survey, in: repositories)
        if round.hasNews {
            outcome.undelivered = await AlertDelivery(project: project.project).deliver(outcome.json.serialized)
            for failure in outcome.undelivered { session.output.note(failure.line) }
        }
        remember(outcome.undelivered.isEmpty ? round.memory : round.memoryUntold, in: memory)
        return outcome
    }

    /// Without it every alert is told as new: nothing that is wrong with a file here may silence one.
    private func remembered(in memory: AlertMemoryFile) -> AlertRound.Memory {
        do throws(WitnessError) {
            return try memory.read()
        } catch {
            session.note("what was told before cannot be read, so all is told again: \(error)")
            return [:]
        }
    }

    private func remember(_ told: AlertRound.Memory, in memory: AlertMemoryFile) {
        do throws(WitnessError) {
            try memory.write(told)
        } catch {
            session.note("what was told cannot be remembered, so it will be told again: \(error)")
        }
    }

    /// An auditor may have no right to write: that takes nothing from what was found.
    private func recordDeletions(_ survey: ProjectSurvey, in repositories: ProjectRepositories) async {
        do throws(HoldfastError) {
            for cmk in try await RecordDeletions(repositories).run(survey, by: session.hostName) {
                session.note("\(cmk) is gone, as scheduled: recorded in the key logs")
            }
        } catch {
            session.note("what is gone could not be recorded: \(Failure(error).message)")
        }
    }

    /// What was told before, for `status`, which tells and remembers nothing.
    func alerts(drills: DrillWatch) async throws -> AuditKeys.Report {
        return await AuditKeys(try await project.repositories(), keys: project.keys).run(
            rotateEvery: project.project.rotateEvery, remembered: try remembered(), drills: drills, at: session.now)
    }

    /// What was told before; it stays as it is.
    func remembered() throws -> AlertRound.Memory { remembered(in: try memoryFile()) }

    /// One for each project file of this user.
    private func memoryFile() throws -> AlertMemoryFile {
        let file = Array(session.absolute(project.file).utf8)
        return AlertMemoryFile(at: try session.alertsPath(of: SHA256.hash(file.span).hex))
    }
}
