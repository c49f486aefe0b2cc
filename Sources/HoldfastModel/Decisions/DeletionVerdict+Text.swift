extension DeletionVerdict.Blocker {
    /// What has to happen where there is no date.
    package var condition: String {
        switch departure.why {
        case "no-rule" where snapshot?.isEndless == true: "what compliance keeps without an end is rewrapped"
        case "hold": "the hold is released"
        case "no-rule": "an expiry is set"
        case "no-new-snapshots": "new snapshots are taken"
        case "promised": "what compliance promises to keep is rewrapped"
        case "confirm": "prune asks before it lets them go: say --yes to it"
        case "rotate": "it is active: rotate first"
        case "unconfigure": "it is a recovery CMK: take it out of recovery: first"
        case "in-progress": "a snapshot in progress may still need it: let it end"
        default: "the policy is changed"
        }
    }
}

extension DeletionVerdict.Blocker {
    /// One line of a list: where it is, what it is, until when.
    package func line(_ now: Timestamp) -> String {
        switch type {
        case .active: "\(cluster)  \(id) is active"
        case .recovery: "\(cluster)  \(id) is a recovery CMK"
        case .pin: "\(cluster)  \(id.prefix(8))  in progress"
        case .snapshot, .trash: "\(cluster)  \(id.prefix(8))  \(snapshot?.label ?? "")  \(until(now))"
        }
    }

    private func until(_ now: Timestamp) -> String {
        guard let date = departure.date else { return keptBy }
        if departure.why == "lock" { return "its store keeps it until \(date.date)" }
        if type == .trash {
            return date <= now ? "its time in the trash is over: holdfast prune" : "leaves the trash \(date.date)"
        }
        let expiry = (snapshot?.expires).map { "expires \($0.date), " } ?? ""
        return "\(expiry)leaves the trash \(date.date)"
    }

    private var keptBy: String {
        switch departure.why {
        case "hold": "held by \((snapshot?.holds ?? []).sorted().joined(separator: ", "))"
        case "no-rule" where snapshot?.isEndless == true: "kept: it has no expiry, and compliance lets none be set"
        case "no-rule": "kept: it has no expiry, and the policy has no rule for it"
        case "tags": "kept by its tags: \((snapshot?.tags ?? []).joined(separator: ", "))"
        case "no-new-snapshots": "kept as long as no newer snapshots are taken"
        case "promised": "kept: compliance promises the newest of its source"
        case "confirm": "\((snapshot?.expires).map { "expires \($0.date); " } ?? "")prune asks before it lets it go"
        case "beyond-horizon": "kept for more than ten years"
        case let why: why
        }
    }
}

/// What could not be read, and what to do about it.
extension DeletionVerdict.Unknown {
    package var line: String {
        "\(cluster.map { "\($0)  " } ?? "")\(subject): \(words)"
    }

    /// Without its cluster.
    package var subject: String {
        type == .repository ? (id.isEmpty ? "its repository" : "repository \(id)") : "snapshot \(id.prefix(8))"
    }

    package var words: String { type == .pin ? "its start record cannot be read" : Self.words(for: why) }

    /// The words of `docs/RETENTION.md`, section 6, for people; what follows them is there for people already.
    package static func words(for why: String) -> String {
        switch why {
        case "no-repository": "there is none in its place"
        case "no-id": "which it is is not known: the cluster has no id: in the project file"
        case "unreachable": "its store does not answer"
        case "not-configured": "it is on the roster of this project, and not in the project file"
        case "used-elsewhere": "a key manager has it on record as using the CMK, and it is not in the project file"
        case "key-state": "whether a CMK that stays opens it is not known: its key manager did not answer"
        case "no-envelope": "its manifest has no envelope"
        case "start-gone": "its start record is gone, and its manifest stands: lost, or a commit that came too late"
        case "only-packs": "packs are there, and not one start record is listed"
        default:
            why.dropping("newer-record: ").map { "it has a record of a kind that this version does not know: \($0)" }
                ?? why.dropping("newer-format: ").map { "\($0) was written by a later version of Holdfast" }
                ?? why.dropping(KeyLog.lossWord).map { "a record of its key log is missing: \($0)" }
                ?? why.dropping("witness: ").map { "it is not what this machine remembers: \($0)" }
                ?? why.dropping("unreachable: ").map { "its store does not answer: \($0)" } ?? why
        }
    }

    /// Commands, or acts; none for a state of which another line speaks.
    package var remedies: [String] {
        let place = "--cluster \(ShellWord.quoted(cluster ?? ""))"
        switch (type, why) {
        case (_, "key-state"): return ["To go on: see that the key managers of all CMKs can be reached from here"]
        case (_, "not-configured"), (_, "used-elsewhere"):
            return ["To go on: put its cluster back; or, if nobody can write to it any more, list it: gone: [\(id)]"]
        case (_, "start-gone"):
            return [
                "To go on: put \(ObjectPrefix.snapshots.text)\(id)/0 back from a copy; or, if it is to go: holdfast prune --yes \(place)"
            ]
        case (_, "only-packs"):
            return [
                "To go on: see that all of the repository of \(cluster ?? "") is there; or, if its snapshots are gone for good: holdfast "
                    + "prune --yes --full \(place)"
            ]
        case (_, "no-id"):
            return ["To go on: run holdfast init, or put the id: of cluster \(cluster ?? "") back, if it had one"]
        case (_, "no-repository"):
            return [
                "To go on: bring it back, or correct repository: and id: of cluster \(cluster ?? ""); or, if nobody can write to it "
                    + "any more, take the cluster out and list it: gone: [\(id)]"
            ]
        case (_, let why) where why == "unreachable" || why.hasPrefix("unreachable: "):
            return ["To go on: bring the store of \(cluster ?? "") back"]
        case (_, let why) where why.hasPrefix("newer-") || why.contains("later version"):
            return ["To go on: use the newer Holdfast that wrote it"]
        case (_, let why) where why.hasPrefix(KeyLog.lossWord):
            return ["To go on: \(KeyLog.remedyOfLoss)"]
        case (_, let why) where why.hasPrefix("witness: "):
            return ["To find out more, and to accept what is right so: holdfast check \(place)"]
        default: return ["To find out more: holdfast check \(place)"]
        }
    }
}

extension String {
    fileprivate func dropping(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
