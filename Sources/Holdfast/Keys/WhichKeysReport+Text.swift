import HoldfastModel

/// As people read it (`docs/RETENTION.md`, section 3.4): what can go first, what is in use last.
extension WhichKeysReport {
    package var lines: [String] {
        deletable + unretired + leaving + conflicts + notYet + inUse + lost
            + answer.unknowns.map { "Could not be read: \($0.line)" }
            + answer.unknowns.flatMap(\.remedies).reduce(into: []) { if !$0.contains("  \($1)") { $0.append("  \($1)") } }
            + read.lines(asOf)
    }

    private var deletable: [String] {
        let together = answer.together.filter { pending[$0] == nil && isRetired($0) }
        let count = together.count
        guard count > 0 else { return ["You can delete no \(leaving.isEmpty ? "" : "other ")key now."] }
        return ["You can delete \(count) \(count == 1 ? "key" : "keys") now:"]
            + together.map { cmk in
                let retired = retiredAt[cmk].map { "retired \($0.date)" } ?? "retired"
                return "  \(cmk)   \(retired), nothing needs it      holdfast keys delete \(cmk.shellWord)"
            }
    }

    /// A CMK that was just made is needed by nothing as well: nobody is advised to delete it.
    private var unretired: [String] {
        let unretired = answer.alone.filter { $0.value.isSafe && pending[$0.key] == nil && !isRetired($0.key) }.keys.sorted()
        guard !unretired.isEmpty else { return [] }
        return ["Needed by nothing, and not retired:"]
            + unretired.map { "  \($0)      if it is to be used no more: holdfast keys retire \($0.shellWord)" }
    }

    private func isRetired(_ cmk: CMK) -> Bool { answer.alone[cmk]?.answer == .safeForGood }

    /// What needs nothing any more but time, or a change of mind.
    private var leaving: [String] {
        let leaving = pending.filter { answer.alone[$0.key]?.isSafe == true }
        guard !leaving.isEmpty else { return [] }
        return ["To be deleted already:"]
            + leaving.sorted { $0.key < $1.key }.map { cmk, deletion in
                "  \(cmk)   \(Self.brief(deletion))      \(deletion.step(for: cmk))"
            }
    }

    private static func brief(_ deletion: PendingDeletion) -> String {
        guard let date = deletion.date, !deletion.isOverdue else { return deletion.isOverdue ? deletion.words : "soon" }
        return "on \(date.date)"
    }

    private var lost: [String] {
        guard let lost = answer.alone.values.first?.lost, !lost.isEmpty else { return [] }
        let count = lost.count == 1 ? "1 snapshot" : "\(lost.count) snapshots"
        return ["Lost already, opened by no CMK any more: \(count); see holdfast keys audit"]
    }

    private var conflicts: [String] {
        answer.conflicts.map { conflict in
            let last = conflict.snapshots.max { ($0.departure.date?.seconds ?? .max) < ($1.departure.date?.seconds ?? .max) }
            let more = conflict.snapshots.count > 1 ? " and \(conflict.snapshots.count - 1) more" : ""
            let place = last.map { "\($0.id.prefix(8)) (\($0.cluster))\(more)" } ?? ""
            let verb = conflict.snapshots.count > 1 ? "go" : "goes"
            let date = last?.departure.date.map { " on \($0.date)" } ?? ""
            return
                "Not together: keep one of \(conflict.keepOneOf.map(\.uri).joined(separator: ", ")) until \(place) \(verb)\(date)."
        }
    }

    private var notYet: [String] {
        let waiting = answer.alone.filter { !$0.value.isSafe && !answer.inUse.contains($0.key) }
        guard !waiting.isEmpty else { return [] }
        let verdicts = waiting.keys.sorted().compactMap { cmk in waiting[cmk].map { (cmk, $0) } }
        return ["Not yet:"] + verdicts.concurrentMap { "  \($0)   \(reason($1))" }
    }

    private func reason(_ verdict: DeletionVerdict) -> String {
        let blockers = verdict.blockers
        func seconds(_ number: Int) -> Int64 { blockers[number].departure.date?.seconds ?? .max }
        guard let latest = blockers.indices.max(by: { seconds($0) < seconds($1) }) else {
            return "unknown, so do not delete: part of what could need it could not be read"
        }
        let blocker = blockers[latest]
        let count = verdict.blockers.count
        let others = count > 1 ? ", and \(count - 1) more" : ""
        return "\(blocker.line(asOf))\(others)   \(until(verdict.when))"
    }

    private func until(_ when: DeletionVerdict.When?) -> String {
        guard let when else { return "" }
        let date = when.date.map { "\($0.date)" } ?? "no date"
        switch when.kind {
        case .never: return "never, as things stand"
        case .waiting: return "waiting"
        case .notBefore: return "not before \(date)"
        case .projected: return "about \(date)"
        case .exact: return date
        }
    }

    private var inUse: [String] {
        guard !answer.inUse.isEmpty else { return [] }
        return ["In use:"]
            + answer.inUse.sorted().map { cmk in
                let blockers = answer.alone[cmk]?.blockers ?? []
                let uses = [(DeletionVerdict.BlockerType.active, "active"), (.recovery, "a recovery CMK")].compactMap {
                    type, word in
                    let clusters = blockers.filter { $0.type == type }.map(\.cluster)
                    return clusters.isEmpty ? nil : "\(word) in \(clusters.joined(separator: ", "))"
                }
                return "  \(cmk)   \(uses.joined(separator: "; "))"
            }
    }
}
