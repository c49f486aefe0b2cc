import Holdfast
import HoldfastModel

extension KeysPage {
    /// A row of the time line.
    func row(_ number: Int, _ key: ReportedKey) -> Fields {
        let words = words(of: key)
        return bars(of: key).merging([
            "number": number, "name": names[key.cmk], "badge": words.badge, "style": key.standing.style, "until": words.until,
            "because": words.because, "description": words.timeLine, "trouble": [words.trouble].compactMap(\.self),
            "spans": key.activeSpans.suffix(2).map {
                ["from": "\($0.to == nil ? "since " : "")\($0.from.date)", "to": $0.to.map { "to \($0.date)" } ?? ""]
            },
            "neverActive": key.activeSpans.isEmpty ? [words.neverActive] : [],
        ]) { first, _ in first }
    }

    /// All that is known of one CMK.
    func section(_ number: Int, _ key: ReportedKey, isOpen: Bool) -> Fields {
        let (words, uses) = (words(of: key), uses(of: key))
        return [
            "number": number, "name": names[key.cmk], "uri": key.cmk.uri, "badge": words.badge, "style": key.standing.style,
            "sentence": words.answer, "trouble": [words.trouble].compactMap(\.self), "facts": facts(of: key, words), "uses": uses,
            "hasUses": !uses.isEmpty,
            "steps": NextSteps(report: report).commands(for: key).map { ["what": $0.what, "command": $0.command] },
            "isOpen": isOpen, "hasSnapshots": !key.snapshots.isEmpty, "summary": summary(of: key),
            "snapshots": key.snapshots.map { snapshot($0, under: key.cmk) }, "omitted": key.omittedCount,
            "hasOmitted": key.omittedCount > 0,
        ]
    }

    private func facts(of key: ReportedKey, _ words: KeyWords) -> [Fields] {
        let manager = key.managerState.words + (key.deletionDate.map { ", due \($0.toTheMinute) UTC" } ?? "")
        let taken = [key.first, key.last].compactMap { $0.map { "\($0.date)" } }
        let stored = key.byteCount > 0 ? ", \(ByteCount(Int64(clamping: key.byteCount))) stored" : ""
        let opens =
            key.snapshotCount == 0
            ? words.areAllLogsRead ? "no snapshot" : "no snapshot that was read"
            : "\(counted(key.snapshotCount, "snapshot"))\(stored), taken \(Set(taken).sorted().joined(separator: " to "))"
        let facts = [
            ("Active", words.active.isEmpty ? words.areAllLogsRead ? "never" : "not known" : words.active),
            ("Retired", words.retirement),
            ("Key manager", manager), ("May open", opens),
        ]
        return facts.map { ["term": $0.0, "fact": $0.1] }
    }

    /// What needs it besides snapshots.
    private func uses(of key: ReportedKey) -> [String] {
        let uses = (key.verdict?.blockers ?? []).filter { $0.snapshot == nil }.map(\.words)
        let unknowns = UnknownGroup.all(of: key.verdict?.unknowns ?? []).map { "could not be read: \($0.words)" }
        let shown = uses + unknowns
        return shown.count <= 8 ? shown : shown.prefix(8) + ["and \(shown.count - 8) more"]
    }

    private func summary(of key: ReportedKey) -> String {
        let (all, needed) = (key.snapshotCount, key.neededCount)
        let alone = needed == 0 ? "not alone" : needed == all ? "alone" : "\(needed) of them alone"
        return "\(counted(key.snapshotCount, "snapshot")) that it may open, \(alone)"
    }

    private func snapshot(_ reported: ReportedSnapshot, under cmk: CMK) -> Fields {
        let snapshot = reported.snapshot
        let others = reported.openers.filter { $0.cmk != cmk }.map { opener in
            let doubts = [opener.isUnproven ? "rewrapped, not proven" : nil, opener.state == .enabled ? nil : opener.state.words]
            let doubt = doubts.compactMap(\.self).joined(separator: ", ")
            return names[opener.cmk] + (doubt.isEmpty ? "" : " (\(doubt))")
        }
        return [
            "id": snapshot.id.short, "cluster": reported.cluster, "group": snapshot.group.joined(separator: "/"),
            "taken": "\(snapshot.time.date)", "label": snapshot.label, "hasLabel": !snapshot.label.isEmpty,
            "expires": snapshot.expires.map { "\($0.date)" } ?? "no date", "leaves": reported.departure.words,
            "why": reported.why(report.asOf), "isNeeded": reported.isNeeded, "others": listed(others, atMost: 3),
            "hasOthers": !others.isEmpty,
        ]
    }
}
