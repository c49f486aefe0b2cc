import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys delete`
struct KeysDeleteCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Schedule the deletion of CMKs that are proven to be needed by nothing.",
        discussion: """
            Example: holdfast keys delete local:3f2a…/acec…

            Announces it in every key log, checks and proves, checks again, approves, and schedules it with the key manager. \
            Anything else than a proven "safe for good" is refused with what stands in the way; there is no --force. Until \
            the waiting period is over: holdfast keys cancel-deletion.

            JSON, after lines of {message_type: "status", seconds_elapsed, snapshots_done, snapshots}: {message_type: \
            "deletion_scheduled", scheduled {CMK: date}, key_notes as of keys check}, or the answer of keys check; with approved: true \
            where it is unknown, and the approval of an earlier time stands.
            """)

    @Argument(help: "The CMKs' URIs.")
    var cmks: [CMKArgument]

    @Option(help: "How long the key manager waits: 7 to 365 days.", transform: Period.argument)
    var waitingPeriod = Period(days: 30)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if let time = global.time, time < SystemClock.now {
            throw ValidationError("--time lies in the past: the waiting period of a deletion begins now")
        }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let use = DeleteKey(try await project.repositories(), keys: project.keys)
        let progress = ProofProgress()
        let (wanted, waiting) = (Set(cmks.map(\.cmk)), waitingPeriod)
        let outcome = try await progress.display(in: session).during {
            try await use.run(wanted, waiting: waiting, at: session.now, by: session.hostName) { progress.update($0) }
        }
        switch outcome {
        case .refused(let report):
            try show(report, "Not deleted.", report.json, await project.keys.notes(on: report.answering), session)
            return report.exitStatus == .done ? .unproven : report.exitStatus
        case .approved(let report):
            var json = report.json
            json.append("approved", .bool(true))
            try show(
                report, "Nothing was changed: the approval of its deletion stands.", json,
                await project.keys.notes(on: report.answering), session)
            return report.exitStatus
        case .scheduled(let dates, let checked):
            try await project.observe()
            try report(dates, await project.keys.notes(on: checked.answering), session)
            return .done
        }
    }

    private func show(
        _ report: DeletionReport, _ outcome: String, _ json: JSONObject, _ notes: [CMK: KeyNotes], _ session: Session
    ) throws {
        if session.options.isJSON { return try session.output.print(json.noting(notes)) }
        for line in [outcome] + report.lines() + notes.lines { try session.output.print(Table.printable(line)) }
    }

    private func report(_ dates: [CMK: Timestamp], _ notes: [CMK: KeyNotes], _ session: Session) throws {
        let sorted = dates.sorted { $0.key < $1.key }
        if session.options.isJSON {
            var scheduled = JSONObject()
            for (cmk, date) in sorted { scheduled.append(cmk.uri, .text(date)) }
            let object: JSONObject = ["message_type": "deletion_scheduled", "scheduled": .object(scheduled)]
            return try session.output.print(object.noting(notes))
        }
        for (cmk, date) in sorted {
            try session.output.print("\(cmk) will be deleted on \(date.toTheMinute) UTC.")
            try session.output.print("  Until then: holdfast keys cancel-deletion \(cmk.shellWord)")
        }
        for line in notes.lines { try session.output.print(Table.printable(line)) }
    }
}
