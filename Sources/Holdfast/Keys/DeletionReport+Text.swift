import HoldfastModel

/// As people read it (`docs/RETENTION.md`, section 3.4): the answer first, then what stands in the way, then what was read.
extension DeletionReport {
    private static let blockersShown = 10

    /// The lines of the answer; `all`: every blocker, however many.
    package func lines(all: Bool = false) -> [String] {
        let names = verdict.cmks.names
        let needed = Set(verdict.blockers.flatMap(\.keys))
        return [firstLine(verdict.blockers.isEmpty ? names : needed.names)]
            + pending.sorted { $0.key < $1.key }.map { "  \($0) \($1.words); \($1.step(for: $0))" }
            + blockerLines(needed.names, all: all)
            + verdict.unknowns.map { "  could not be read: \($0.line)" }
            + unexplained.map { "  could not be opened without \(names): \($0.cluster)  \($0.snapshot.short)  \($0.why)" }
            + verdict.lost.map { "  lost already, nothing opens it: \($0.cluster)  \($0.id.short)" }
            + nextSteps
            + alone.sorted { $0.key < $1.key }.map { "\($0.uri) alone: \(words(for: $1.answer))" }
            + read.lines(asOf)
    }

    /// What could not be opened, but for what is known to need these CMKs, or could not even be read: there it is no news. That an
    /// envelope which was added later does not open is news.
    var unexplained: [ProveDeletion.Failure] {
        let needing = verdict.blockers.filter { verdict.cmks.isSuperset(of: $0.snapshot?.laterEnvelopes ?? []) }
        let told = Set(needing.map(\.id) + verdict.unknowns.map(\.id))
        return failures.filter { !told.contains($0.snapshot.hex) }
    }

    /// A proof that was tried and failed is never again called a matter of trying.
    private func firstLine(_ names: String) -> String {
        guard isTried, !isProven, verdict.answer == .safeForGood else {
            return verdict.firstLine(names, isProven: isProven, advice)
        }
        let count = failures.count
        let why =
            count == 0
            ? "a key log or a CMK changed while it was proven: run it again"
            : "\(count == 1 ? "1 snapshot" : "\(count) snapshots") could not be opened without \(names), so do not delete"
        return "Clear, as far as the store tells: but not proven: \(why)."
    }

    /// What `keys check` answers a script: only 0 invites it to delete.
    package var exitCode: Int32 {
        switch verdict.answer {
        case .blocked: 20
        case .unknown: 21
        case .safeNow: 22
        case .safeForGood: isProven ? 0 : 22
        }
    }

    /// Nobody has tried each alone.
    private func words(for answer: DeletionVerdict.Answer) -> String {
        answer == .safeForGood && !isProven ? "clear, as far as the store tells" : answer.words
    }

    private var advice: String {
        let uris = verdict.cmks.sorted().map(\.shellWord).joined(separator: " ")
        switch verdict.answer {
        case .safeForGood: return isProven ? "holdfast keys delete \(uris)" : "holdfast keys check \(uris) --prove"
        case .safeNow: return verdict.cmks.sorted().map { "holdfast keys retire \($0.shellWord)" }.joined(separator: "; ")
        case .blocked, .unknown: return ""
        }
    }

    private func blockerLines(_ names: String, all: Bool) -> [String] {
        let blockers = verdict.blockers.sorted {
            ($0.departure.date?.seconds ?? .max, $1.id) > ($1.departure.date?.seconds ?? .max, $0.id)
        }
        let snapshots = blockers.filter { $0.snapshot != nil }
        let count = snapshots.count == 1 ? "1 snapshot opens" : "\(snapshots.count) snapshots open"
        let shown = all ? blockers : Array(blockers.prefix(Self.blockersShown))
        var lines = shown.filter { $0.snapshot == nil }.map { "  \($0.line(asOf))" }
        if !snapshots.isEmpty { lines.append("  \(count) with \(names) alone:") }
        lines += shown.filter { $0.snapshot != nil }.map { "    \($0.line(asOf))" }
        if shown.count < blockers.count { lines.append("    and \(blockers.count - shown.count) more (keys check --all)") }
        return lines
    }
}

extension DeletionVerdict {
    /// The first words of each answer are fixed: people and scripts look for them.
    fileprivate func firstLine(_ names: String, isProven: Bool, _ advice: String) -> String {
        let verb = Set(blockers.flatMap(\.keys)).count == 1 ? "is" : "are"
        let date = when?.date.map { "\($0.toTheMinute) UTC" } ?? "now"
        switch (answer, when?.kind) {
        case (.safeForGood, _) where isProven:
            let which = lost.isEmpty ? "every snapshot" : "every snapshot that is not lost already"
            return "Safe for good: \(which) opens without \(names), proven. To delete: \(advice)"
        case (.safeForGood, _):
            return "Clear, as far as the store tells: nothing needs \(names). To prove it: \(advice)"
        case (.safeNow, _): return "Safe now, but not retired: a new snapshot could still use \(names). First: \(advice)"
        case (.unknown, _): return "Unknown, so do not delete: part of what could need \(names) could not be read."
        case (.blocked, .exact): return "Not yet: \(names) \(verb) needed until \(date) (exact)."
        case (.blocked, .projected):
            return "Not yet: \(names) \(verb) needed until about \(date), if backups run as scheduled."
        case (.blocked, .notBefore): return "Not yet: \(names) \(verb) needed, not before \(date); part could not be read."
        case (.blocked, .waiting): return "Not yet: no date: \(reasons(.waiting))."
        case (.blocked, _): return "Never, unless \(reasons(.never)): until then \(names) \(verb) needed."
        }
    }

    private func reasons(_ certainty: DeletionDeparture.Certainty) -> String {
        Set(blockers.filter { $0.departure.certainty == certainty }.map(\.condition)).sorted().joined(separator: ", and ")
    }
}

extension DeletionVerdict.Answer {
    fileprivate var words: String {
        switch self {
        case .blocked: "not yet"
        case .unknown: "unknown, so do not delete"
        case .safeForGood: "safe for good"
        case .safeNow: "safe now, but not retired"
        }
    }
}

extension ReadCounts {
    /// How much was read, and when; then which key manager did not answer, and why.
    func lines(_ asOf: Timestamp) -> [String] {
        ["Read: \(line); \(asOf.toTheMinute) UTC."] + silences.map { "No answer from a key manager: \($0)" }
    }

    package var line: String {
        "\(repositoriesRead) of \(repositoryCount) repositories, \(snapshotCount) snapshots, \(openSnapshotCount) in progress, "
            + "\(cmksAnswered) of \(cmkCount) CMKs answered"
    }
}

extension Set<CMK> {
    fileprivate var names: String { sorted().map(\.uri).joined(separator: ", ") }
}
