import ArgumentParser
import FoundationEssentials
import Holdfast
import HoldfastFormat
import HoldfastModel

/// `holdfast keys check`
struct KeysCheckCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Can these CMKs be deleted, and if not, from when on? Without a CMK: which can be?",
        discussion: """
            Example: holdfast keys check --prove local:3f2a…/acec…

            Without --prove the answer is what the store tells, and needs no key. --prove opens every snapshot without these \
            CMKs. Several CMKs are asked about together: each alone may be safe and not all of them.

            Exit 0: proven, safe for good. 22: nothing stands in the way, but it is not proven or not retired. 20: blocked. \
            21: unknown. Without a CMK: 0, or 21 where something could not be read, a CMK's state too. AWS KMS also tells when it \
            last saw a CMK used, and whether it renews its material: notes for people, on which no answer rests.

            JSON: {delete[], verdict (safe_for_good, safe_now, blocked, unknown), when {kind, date} or null, complete, proven, \
            blockers [{cluster, type, id, keys[], goes, certainty, why, rule, label}], unknowns [{cluster, type, id, why}], lost \
            [{cluster, id}], pending_deletion[], unproven [{cluster, id, why}], as_of, read {repositories, repositories_read, snapshots, \
            in_progress, cmks, cmks_answered}, covers [{cluster, repository, key_log, snapshots, opened}], alone {CMK: {verdict, \
            when, complete, blockers (how many)}} (of several CMKs)}; the answer is stale once a key log is longer than its \
            key_log here. key_notes {CMK: {last_used, automatic_rotation, notes[]}} where a key manager tells more. --report adds opened [{cluster, id, manifest, opened_by}]. With --prove after lines of \
            {message_type: "status", seconds_elapsed, snapshots_done, snapshots}. Without a CMK: {keys {CMK: {in_use, verdict, \
            when, complete, blockers}}, together[], pending_deletion[], conflicts [{keep_one_of[], snapshots[]}], unknowns[], \
            proven: false, as_of, read}.
            """)

    @Argument(help: "The CMKs' URIs.")
    var cmks: [CMKArgument] = []

    @Flag(help: "Open every snapshot without these CMKs.")
    var prove = false

    @Flag(help: "Show every snapshot that stands in the way, not ten.")
    var all = false

    @Option(help: "Write the answer as JSON to this file as well.", completion: .file())
    var report: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        // A script whose variable is empty must not take exit 0 for a proof.
        if prove && cmks.isEmpty { throw ValidationError("--prove leaves CMKs out: name them") }
    }

    func run(in session: Session) async throws -> ExitStatus {
        let project = try ProjectContext(session)
        let check = CheckKeys(try await project.repositories(), keys: project.keys)
        guard !cmks.isEmpty else {
            let which = await check.which(at: session.now)
            let told = try show(which.json, which.json, which.lines, session)
            return ExitStatus.worst(which.answer.isComplete && which.read.allAnswered ? .done : .unknown, told)
        }
        let progress = ProofProgress()
        let isProving = prove
        let wanted = Set(cmks.map(\.cmk))
        let answer = try await progress.display(in: session).during {
            try await check.run(wanted, proving: isProving, at: session.now) { progress.update($0) }
        }
        let notes = await project.keys.notes(on: answer.answering)
        let told = try show(
            answer.json.noting(notes), answer.fullJSON.noting(notes), answer.lines(all: all) + notes.lines, session)
        return ExitStatus.worst(answer.exitStatus, told)
    }

    /// Shows the answer also where the report cannot be written; then that is told too, and answered.
    private func show(
        _ json: @autoclosure () -> JSONObject, _ full: @autoclosure () -> JSONObject, _ lines: @autoclosure () -> [String],
        _ session: Session
    ) throws -> ExitStatus {
        let unwritten = report.flatMap { ReportFile.attempt(full().serialized, to: session.absolute($0)) }
        if session.options.isJSON {
            try session.output.print(json())
        } else {
            for line in lines() { try session.output.print(Table.printable(line)) }
        }
        try session.output.flush()
        return session.tell([unwritten].compactMap(\.self))
    }
}

extension DeletionReport {
    var exitStatus: ExitStatus { ExitStatus(rawValue: exitCode) ?? .failed }
}
