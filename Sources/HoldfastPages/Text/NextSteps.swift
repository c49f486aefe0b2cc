import Holdfast
import HoldfastModel

/// The commands that come next, to be copied: every word that comes from the store is quoted.
struct NextSteps {
    let report: KeysReport
    /// So many CMKs go into one command; a longer one nobody copies.
    private static let mostTogether = 6

    /// For all that can go together, in the order in which they are to be run.
    var together: [(what: String, command: String)] {
        let keys = report.deletable
        let enabled = keys.filter { $0.managerState == .enabled }
        let unretired = keys.filter { $0.verdict?.answer == .safeNow }
        guard !keys.isEmpty, keys.count <= Self.mostTogether else { return [] }
        let uris = keys.map(\.cmk.shellWord).joined(separator: " ")
        let (proof, deletion) = (
            "Prove it: every snapshot is opened without \(keys.count == 1 ? "it" : "them")",
            "Delete \(keys.count == 1 ? "it" : "them"): proven once more, and then after the waiting period"
        )
        return unretired.map { ("Retire it, so that no new snapshot uses it", "holdfast keys retire \($0.cmk.shellWord)") }
            + [(proof, "holdfast keys check \(uris) --prove")]
            + (enabled.isEmpty ? [] : [disabling(enabled)])
            + [(deletion, "holdfast keys delete \(uris)")]
    }

    private func disabling(_ keys: [ReportedKey]) -> (what: String, command: String) {
        (
            "Disable \(keys.count == 1 ? "it" : "them") for a while: taken back in seconds",
            keys.map { "holdfast keys disable \($0.cmk.shellWord)" }.joined(separator: " && ")
        )
    }

    /// For one CMK.
    func commands(for key: ReportedKey) -> [(what: String, command: String)] {
        let uri = key.cmk.shellWord
        switch key.standing {
        case .canGo, .conflicted:
            let retire = key.verdict?.answer == .safeNow ? [("Retire it first", "holdfast keys retire \(uri)")] : []
            return retire + [("Prove it", "holdfast keys check \(uri) --prove")]
        case .leaving: return [("Take it back", "holdfast keys cancel-deletion \(uri)")]
        case .unknown: return [("Ask again", "holdfast keys check \(uri)")]
        case .notYet: return notYet(key, uri)
        case .inUse, .unused, .gone: return []
        }
    }

    private func notYet(_ key: ReportedKey, _ uri: String) -> [(what: String, command: String)] {
        var steps: [(what: String, command: String)] = []
        if key.managerState.isPendingDeletion {
            steps.append(("Stop its deletion", "holdfast keys cancel-deletion \(uri)"))
        }
        let rewrapped = key.snapshots.contains { $0.isNeeded && !$0.snapshot.laterEnvelopes.isEmpty }
        if rewrapped { steps.append(("What was rewrapped counts once it is opened", "holdfast keys check \(uri) --prove")) }
        if let active = report.activeCMK, active != key.cmk, key.neededCount > 0, key.managerState == .enabled {
            steps.append(("To be done sooner", "holdfast keys rewrap --from \(uri) --to \(active.shellWord)"))
        }
        return steps
    }
}
