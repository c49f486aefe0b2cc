import Holdfast
import HoldfastFormat
import HoldfastModel

/// What still stands of damaged snapshots, and what was done about it, as text and as JSON.
struct RepairReport {
    let log: DamageLog
    var findings: [RepairRepository.Finding] = []
    /// What was found stands in the snapshots' logs.
    var isRecorded = false
    /// What it ended by, if not by its end.
    var failure: Failure?

    init(log: DamageLog) { self.log = log }

    var lines: [String] { findings.flatMap(lines) }

    private func lines(_ finding: RepairRepository.Finding) -> [String] {
        guard let survey = finding.survey else {
            return ["snapshot \(finding.snapshot.short): what it holds cannot be told; its packs are kept"]
                + Self.outcome(finding)
        }
        let header = survey.header
        let title = "snapshot \(finding.snapshot.short)  \(header.time.toTheMinute)  \(header.node)/\(header.source)"
        let tallies = [
            ("whole", survey.whole), ("readable in part", survey.partly), ("lost", survey.lost),
            ("of these, whole by chunks in other packs", survey.recoverable),
        ]
        let counts = tallies.filter { $0.0 == "whole" || $0.1.files > 0 }.map { "  \($0.0): \(Self.text($0.1))" }
        let gaps = survey.gaps.map { "  unknown: its listing is lost from \($0.from.displayPath) \(Self.end($0))" }
        return [title] + counts + gaps + affected(finding.snapshot, survey) + Self.outcome(finding)
    }

    private func affected(_ snapshot: SnapshotID, _ survey: SnapshotSurvey) -> [String] {
        let shown = log.shown(of: snapshot)
        let rest = survey.affectedCount - shown.count
        return shown.map(Self.line) + (rest > 0 ? ["  and \(rest) more: --report FILE names all"] : [])
    }

    private static func line(_ entry: EntrySurvey) -> String {
        let ranges = entry.lostRanges.prefix(3).map { "\($0.lowerBound) to \($0.upperBound - 1)" }.joined(separator: ", ")
        let more = entry.lostRanges.count > 3 ? " and \(entry.lostRanges.count - 3) more ranges" : ""
        let bytes = entry.standing == .partly && !ranges.isEmpty ? ": of \(entry.entry.size) bytes without \(ranges)\(more)" : ""
        let attributes = entry.lostAttributes.isEmpty ? "" : ": \(entry.lostAttributes.count) of its attributes lost"
        return "  \(entry.standing == .partly ? "in part" : "lost")  \(entry.entry.displayPath)\(bytes)\(attributes)"
    }

    private static func outcome(_ finding: RepairRepository.Finding) -> [String] {
        let outcome =
            switch finding.outcome {
            case .surveyed: [] as [String]
            case .salvaged(let id): ["  salvaged: what is whole is in snapshot \(id.short)"]
            case .wouldBeSalvaged: ["  would be salvaged"]
            case .left(let why): ["  not salvaged: \(why)"]
            }
        let unheld = finding.unheld.map { "  what was made of it is not held as it is (\($0)): hold it by holdfast hold add" }
        return outcome + [unheld].compactMap(\.self)
    }

    private static func text(_ tally: SnapshotSurvey.Tally) -> String {
        "\(tally.files) \(tally.files == 1 ? "file" : "files"), \(ByteCount(Int64(clamping: tally.bytes)))"
    }

    private static func end(_ gap: ListingGap) -> String { gap.until.map { "up to \($0.displayPath)" } ?? "to its end" }

    static func json(_ finding: RepairRepository.Finding) -> JSONObject {
        let survey = finding.survey
        let (outcome, salvaged, why) = fields(of: finding.outcome)
        return [
            "snapshot_id": .text(finding.snapshot), "readable": .bool(survey != nil), "whole": json(survey?.whole),
            "partly": json(survey?.partly), "lost": json(survey?.lost), "recoverable": json(survey?.recoverable),
            "unknown_paths": .array((survey?.gaps ?? []).map(json)), "outcome": .string(outcome), "salvaged": .text(salvaged),
            "why": .text(why), "unheld": .text(finding.unheld),
        ]
    }

    private static func fields(of outcome: RepairRepository.Finding.Outcome) -> (String, SnapshotID?, String?) {
        switch outcome {
        case .surveyed: ("surveyed", nil, nil)
        case .salvaged(let id): ("salvaged", id, nil)
        case .wouldBeSalvaged: ("would_be_salvaged", nil, nil)
        case .left(let why): ("left", nil, why)
        }
    }

    private static func json(_ tally: SnapshotSurvey.Tally?) -> JSONValue {
        tally.map { .object(["files": .count($0.files), "bytes": .count($0.bytes)]) } ?? .null
    }

    private static func json(_ gap: ListingGap) -> JSONValue {
        .object([
            "from": .string(gap.from.displayPath), "until": .text(gap.until?.displayPath), "message": .string("\(gap.cause)"),
        ])
    }
}
