import Holdfast
import HoldfastModel

extension KeysPage {
    private static let mostNamed = 12
    private static let mostUnread = 8

    /// The answer in one line.
    package var headline: String {
        let (free, unretired) = (free.count, report.deletable.count - free.count)
        if free > 0 { return "\(counted(free, "key")) can go now\(free > 1 ? ", together" : "")" }
        if unretired > 0 { return "\(counted(unretired, "key")) can go once \(unretired == 1 ? "it is" : "they are") retired" }
        if !report.which.answer.unknowns.isEmpty { return "No key can be called free: part could not be read" }
        return report.keys.isEmpty ? "No key is known" : "No key can go now"
    }

    /// Those that are retired everywhere, so that nothing can come to need them.
    private var free: [ReportedKey] { report.deletable.filter { $0.verdict?.answer == .safeForGood } }

    var answer: Fields {
        let (keys, steps) = (report.deletable, NextSteps(report: report).together)
        // Nothing can be called free while something is unread that concerns every CMK.
        let isBlind = !report.which.answer.unknowns.isEmpty
        return [
            "danger": danger, "isPartial": !report.isComplete && !isBlind, "isBlind": isBlind,
            "unread": Array(unread.prefix(Self.mostUnread)), "moreUnread": max(0, unread.count - Self.mostUnread),
            "hasMoreUnread": unread.count > Self.mostUnread, "hasDeletable": !keys.isEmpty,
            "deletable": keys.prefix(Self.mostNamed).map(named), "hasMore": keys.count > Self.mostNamed,
            "moreCount": max(0, keys.count - Self.mostNamed), "more": keys.dropFirst(Self.mostNamed).map(named),
            "steps": steps.map { ["what": $0.what, "command": $0.command] }, "hasSteps": !steps.isEmpty,
            "hasColumns": !keys.isEmpty || !report.which.answer.conflicts.isEmpty,
            "conflicts": report.which.answer.conflicts.prefix(Self.mostNamed).map(conflict),
            "hasConflicts": !report.which.answer.conflicts.isEmpty, "next": nextFree, "hasNext": !nextFree.isEmpty,
            "counts": counts,
        ]
    }

    private func named(_ key: ReportedKey) -> Fields {
        [
            "name": names[key.cmk], "uri": key.cmk.uri, "anchor": anchor(of: key.cmk), "retired": words(of: key).retired,
            "isUnretired": key.verdict?.answer == .safeNow,
        ]
    }

    private func conflict(_ conflict: WhichKeys.Conflict) -> Fields {
        let last = conflict.snapshots.max { ($0.departure.date?.seconds ?? .max) < ($1.departure.date?.seconds ?? .max) }
        let clusters = Set(conflict.snapshots.map(\.cluster)).sorted()
        let until = last?.departure.date.map { "on \($0.date)" } ?? "which has no date"
        let verb = conflict.snapshots.count == 1 ? "goes" : "go"
        return [
            "keys": conflict.keepOneOf.map { cmk in
                ["name": names[cmk], "anchor": anchor(of: cmk), "comma": cmk == conflict.keepOneOf.last ? "" : ","]
            },
            "rest": "until \(counted(conflict.snapshots.count, "snapshot")) of \(listed(clusters, atMost: 3)) \(verb), \(until).",
        ]
    }

    /// Of what is needed for certain or probably, the first to be needed no more.
    private var nextFree: String {
        let unretired = report.deletable.count - free.count
        let more = free.isEmpty || unretired == 0 ? "" : "\(counted(unretired, "more key")) can go once retired. "
        return more + nextDated
    }

    private var nextDated: String {
        let dated = report.keys.filter { $0.standing == .notYet && [.exact, .projected].contains($0.verdict?.when?.kind) }
        guard let key = dated.min(by: { Self.date($0) < Self.date($1) }), let date = key.verdict?.when?.date else { return "" }
        let isExact = key.verdict?.when?.kind == .exact
        return "The next: \(names[key.cmk]), \(isExact ? "on \(date.date), exact" : "about \(date.date), projected")."
    }

    private static func date(_ key: ReportedKey) -> Int64 { key.verdict?.when?.date?.seconds ?? .max }

    private var counts: [Fields] {
        ReportedKey.Standing.allCases.compactMap { standing in
            let count = report.keys.count { $0.standing == standing }
            return count == 0 ? nil : ["count": count, "what": standing.words, "style": standing.style]
        }
    }

    /// What was not read, loudly: everything that an answer could have missed.
    private var unread: [String] {
        let silent = report.silent
        let keys =
            silent.isEmpty
            ? []
            : [
                "\(silent.count) of \(counted(report.which.read.cmkCount, "CMK")) did not answer: "
                    + listed(silent.map { names[$0] }, atMost: 4)
            ]
        return keys + UnknownGroup.all(of: report.unknowns).map(\.words)
    }
}

extension ReportedKey.Standing {
    fileprivate var words: String {
        switch self {
        case .canGo: "can go"
        case .conflicted: "not with others"
        case .notYet: "not yet"
        case .unknown: "unknown"
        case .unused: "never used"
        case .leaving: "scheduled"
        case .inUse: "in use"
        case .gone: "gone"
        }
    }
}
