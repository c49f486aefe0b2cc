import ArgumentParser
import FoundationEssentials
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastPages

/// `holdfast keys report`
struct KeysReportCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "One page to look at before deleting a key: a time line of every CMK, and what needs it.",
        discussion: """
            Example: holdfast keys report --html keys.html

            The page is one file with nothing to load and no script. It says what the store tells, and needs no key: before a \
            CMK is deleted, holdfast keys check --prove opens every snapshot without it. --demo needs no project and shows \
            made-up data.

            Exit 0: written. 21: written, and something could not be read; the page says so at its top.

            JSON: {message_type: "keys_report", file, demo, complete, keys, together[], conflicts, alerts, unknowns [{cluster, \
            type, id, why}], as_of, read {…}}; keys, conflicts and alerts are counts, and read is that of keys check.
            """)

    @Option(help: "Write the page to this file, in place of what it held.", completion: .file(extensions: ["html"]))
    var html: String

    @Flag(help: "Show made-up data; no project is read.")
    var demo = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let report = demo ? KeysReport.demo : try await read(in: session)
        let page = KeysPage(report, version: Version.text)
        try ReportFile.write(Array(page.html.utf8), to: session.absolute(html))
        if session.options.isJSON {
            try session.output.print(report.json(file: html))
        } else {
            for line in report.lines(page.headline, file: html) { try session.output.print(line) }
        }
        return report.isComplete || demo ? .done : .unknown
    }

    private func read(in session: Session) async throws -> KeysReport {
        let project = try ProjectContext(session)
        return await ReportKeys(try await project.repositories(), keys: project.keys).run(
            named: project.project.name, rotateEvery: project.project.rotateEvery,
            remembered: try Audit(project: project).remembered(), drills: try project.drillWatch(), at: session.now)
    }
}

extension KeysReport {
    fileprivate func json(file: String) -> JSONObject {
        [
            "message_type": "keys_report", "file": .string(file), "demo": .bool(isDemo), "complete": .bool(isComplete),
            "keys": .integer(Int64(keys.count)), "together": .array(which.answer.together.map { .text($0) }),
            "conflicts": .integer(Int64(which.answer.conflicts.count)), "alerts": .integer(Int64(alerts.count)),
            "unknowns": .array(unknowns.map { .object($0.json) }), "as_of": .text(asOf), "read": .object(which.read.json),
        ]
    }

    fileprivate func lines(_ headline: String, file: String) -> [String] {
        let loud = isComplete || isDemo ? [] : ["NOT EVERYTHING COULD BE READ: the page says what"]
        return ["\(headline), as far as the store tells.", "Written: \(Table.printable(file))"] + loud + [
            "Read: \(which.read.line); \(asOf.toTheMinute) UTC."
        ]
    }
}
