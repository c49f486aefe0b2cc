import Holdfast
import HoldfastModel

/// What a page says of one CMK. The first words of an answer are those that `keys check` uses.
struct KeyWords {
    let key: ReportedKey
    let names: KeyNames
    /// Every key log was read: what is retired in all of them is retired everywhere.
    let areAllLogsRead: Bool

    /// Its standing as a word; the style sheet gives each a border of its own too.
    var badge: String {
        switch key.standing {
        case .canGo: key.verdict?.answer == .safeNow ? "Can go, once retired" : "Can go"
        case .conflicted: "Can go, not with others"
        case .notYet: "Not yet"
        case .unknown: "Unknown"
        case .unused: "Never used"
        case .leaving: "Scheduled"
        case .inUse: "In use"
        case .gone: "Gone"
        }
    }

    /// Until when it is needed, as briefly as can be.
    var until: String {
        switch key.standing {
        case .canGo, .conflicted: "needed no more"
        case .leaving: key.deletionDate.map { "goes \($0.date)" } ?? "goes soon"
        case .gone: key.deletedAt.map { "since \($0.date)" } ?? "its manager no longer has it"
        case .unknown: "not known"
        case .unused: "not needed yet"
        case .inUse: "while in use"
        case .notYet: untilWhen
        }
    }

    private var untilWhen: String {
        guard let when = key.verdict?.when else { return "" }
        let date = when.date.map { "\($0.date)" } ?? "now"
        switch when.kind {
        case .exact: return "until \(date)"
        case .projected: return "until about \(date)"
        case .notBefore: return "not before \(date)"
        case .waiting: return "no date yet"
        case .never: return "no end"
        }
    }

    /// How certain that is, and what decides it.
    var because: String {
        switch key.standing {
        case .canGo: "as far as the store tells"
        case .conflicted: "one of \(listed(conflicting, atMost: 4)) must stay"
        case .leaving: "nothing needs it"
        case .unused: "known to its key manager alone"
        case .gone: key.snapshotCount > 0 ? "\(counted(key.snapshotCount, "snapshot")) had an envelope under it" : ""
        case .unknown: listed(UnknownGroup.all(of: key.verdict?.unknowns ?? []).map(\.words), atMost: 1)
        case .inUse: uses
        case .notYet: [certainty, decisive].compactMap(\.self).joined(separator: ": ")
        }
    }

    /// What is left last, and of how many.
    private var decisive: String? {
        guard let blocker = key.verdict?.decisive else { return nil }
        guard blocker.snapshot != nil, blocker.departure.date != nil else { return blocker.words }
        return key.neededCount == 1 ? blocker.words : "\(key.neededCount) snapshots, the last \(blocker.words)"
    }

    /// What its key manager does to a key that is needed, as loud as can be; nil where all is well.
    var trouble: String? {
        guard [.notYet, .unknown, .inUse].contains(key.standing) else { return nil }
        switch key.managerState {
        case .enabled: return nil
        case .pendingDeletion, .pendingReplicaDeletion: return "Pending deletion"
        case .disabled: return "Disabled"
        case .pendingImport: return "No key material"
        case .creating: return "Not ready"
        case .unavailable: return "Its key store is away"
        case .denied: return "Access denied"
        case .destroyed, .deleted: return "Destroyed"
        case .unreachable: return "Does not answer"
        }
    }

    private var certainty: String? {
        switch key.verdict?.when?.kind {
        case .exact: "exact"
        case .projected: "projected"
        case .notBefore: "part could not be read"
        case .waiting: "waiting"
        case .never, nil: nil
        }
    }

    private var uses: String {
        let active = key.verdict?.clusters(.active) ?? []
        let recovery = key.verdict?.clusters(.recovery) ?? []
        return [
            active.isEmpty ? nil : "active in \(listed(active, atMost: 6))",
            recovery.isEmpty ? nil : "a recovery CMK of \(listed(recovery, atMost: 6))",
        ].compactMap(\.self).joined(separator: "; ")
    }

    private var conflicting: [String] { Set(key.conflicts.flatMap(\.keepOneOf)).sorted().map { names[$0] } }

    /// The whole answer, as a sentence.
    var answer: String {
        switch key.standing {
        case .canGo where key.verdict?.answer == .safeNow:
            "Safe now, but not retired: a new snapshot could still use it."
        case .canGo: "Clear, as far as the store tells: nothing needs it."
        case .conflicted: "Clear alone, as far as the store tells, but \(because)."
        case .leaving:
            "On its way out: \(key.deletionDate.map { "deleted on \($0.toTheMinute) UTC" } ?? "its deletion is pending"), "
                + "and nothing needs it, as far as the store tells."
        case .gone: "Gone: \(key.deletedAt.map { "deleted \($0.date)" } ?? "its key manager no longer has it")."
        case .unused: "Never used: no key log and no snapshot names it. It may be meant for the next rotation."
        case .unknown: "Unknown, so do not delete: part of what could need it could not be read."
        case .inUse: "In use: \(uses)."
        case .notYet: notYet
        }
    }

    private var notYet: String {
        guard let when = key.verdict?.when else { return "" }
        let date = when.date.map { "\($0.toTheMinute) UTC" } ?? "now"
        let decisive = key.verdict?.decisive?.words ?? ""
        switch when.kind {
        case .exact: return "Not yet: needed until \(date) (exact)."
        case .projected: return "Not yet: needed until about \(date), if backups run as scheduled."
        case .notBefore: return "Not yet: needed, not before \(date); part could not be read."
        case .waiting: return "Not yet: no date: \(decisive)."
        case .never: return "Never, as things stand: \(decisive)."
        }
    }

    /// What the time line shows, for those who do not see it.
    var timeLine: String {
        return
            "\(active.isEmpty ? neverActive : "active \(active)"); \(retired); \(until)\(because.isEmpty ? "" : ", \(because)")"
    }

    /// When it was first retired and last, and whether everywhere.
    var retirement: String {
        guard let first = key.retirements.first, let last = key.retirements.last else {
            return areAllLogsRead ? "no" : "not known"
        }
        let dates = Set([first.at.date, last.at.date].map { "\($0)" }).sorted().joined(separator: " to ")
        guard key.notRetiredIn.isEmpty else { return "\(dates), and not yet in \(listed(key.notRetiredIn, atMost: 6))" }
        return areAllLogsRead ? "\(dates), everywhere" : "\(dates), in every key log that was read"
    }

    /// When it was active: `2026-01-05 to 2026-05-04`, `since 2027-05-31`.
    var active: String {
        listed(
            key.activeSpans.map { span in
                span.to.map { "\(span.from.date) to \($0.date)" } ?? "since \(span.from.date)"
            }, atMost: 3)
    }

    /// Where no key log shows it active.
    var neverActive: String { areAllLogsRead ? "never active" : "active when: not known" }

    var retired: String {
        guard let first = key.retirements.first else { return areAllLogsRead ? "not retired" : "retired or not: not known" }
        let missing = key.notRetiredIn.isEmpty ? "" : ", not yet in \(listed(key.notRetiredIn, atMost: 3))"
        return "retired \(first.at.date)\(missing)"
    }
}
