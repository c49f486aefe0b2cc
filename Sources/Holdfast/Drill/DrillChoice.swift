package import HoldfastModel

/// Which snapshots of a cluster a drill restores: the newest of each source; for each CMK, or set of them, that snapshots need and none of
/// these shows, the newest that only it opens, so that old CMKs are tried too; and what failed before.
package struct DrillChoice: Sendable {
    package struct Turn: Sendable {
        package let view: SnapshotView
        /// By which it may be opened; recovery CMKs are none, where it has others.
        package let cmks: Set<CMK>
        /// It stands for an old CMK, not for a source.
        package let isForCMK: Bool
        /// What of it failed before, and has to be taken again; mostly nothing.
        package var owed: [DrillPart] = []

        /// What its part of the drills is remembered by, from one to the next.
        package var subject: String {
            if isForCMK { return cmks.map(\.uri).sorted().joined(separator: " ") }
            return view.log.header.map { "\($0.node)/\($0.source)" } ?? "\(view.id)"
        }

        var openers: Openers { Openers(excluding: view.cmks.subtracting(cmks)) }
    }

    /// Sources first.
    package let turns: [Turn]
    /// Snapshots that exist and of which not even the header can be read, and why: nobody knows what they would be.
    package let unreadable: [(id: SnapshotID, why: String)]

    /// - Parameters:
    ///   - departed: CMKs that are deleted or will be, as the key log says: what they open besides others only those open.
    ///   - owed: what failed before, by snapshot; what is not there any more is left out.
    package init(of views: [SnapshotView], recovery: Set<CMK>, departed: Set<CMK>, owed: [SnapshotID: [DrillPart]] = [:]) {
        func openers(of view: SnapshotView) -> Set<CMK> { Self.openers(of: view, recovery, departed) }
        let live = views.filter { $0.log.state == .live }
        let sources = Dictionary(grouping: live) { [$0.log.header?.node ?? "", $0.log.header?.source ?? ""] }
        let newest = sources.compactMap { name, views in Self.newest(of: views).map { (name, $0) } }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
            .map { Turn(view: $0.1, cmks: openers(of: $0.1), isForCMK: false) }
        let usual = newest + Self.old(among: Dictionary(grouping: live, by: openers), shown: newest.map(\.cmks))
        let failed = views.filter { $0.log.state != .deleting && $0.log.header != nil && owed[$0.id] != nil }
            .filter { view in !usual.contains { $0.view.id == view.id } }
            .map { Turn(view: $0, cmks: openers(of: $0), isForCMK: false) }
        turns = (usual + failed).map { turn in
            var turn = turn
            turn.owed = owed[turn.view.id] ?? []
            return turn
        }
        unreadable = views.compactMap { view in
            if case .unreadable(let why) = view.log.state { (view.id, why) } else { nil }
        }
    }

    /// The one snapshot that somebody named, by whatever opens it.
    package init(_ view: SnapshotView) {
        turns = [Turn(view: view, cmks: view.cmks, isForCMK: false)]
        unreadable = []
    }

    /// For each set of openers the newest, but where it has one that was shown: whatever opened that opens this. The smallest sets first,
    /// so that they speak for the larger ones.
    private static func old(among groups: [Set<CMK>: [SnapshotView]], shown: [Set<CMK>]) -> [Turn] {
        var shown = shown
        return groups.compactMap { cmks, views in newest(of: views).map { Turn(view: $0, cmks: cmks, isForCMK: true) } }
            .sorted { ($0.cmks.count, $0.subject) < ($1.cmks.count, $1.subject) }
            .filter { turn in
                guard !shown.contains(where: turn.cmks.isSuperset) else { return false }
                shown.append(turn.cmks)
                return true
            }
    }

    /// Where none that should open it is left, all are tried: that they are gone is what is to be told.
    private static func openers(of view: SnapshotView, _ recovery: Set<CMK>, _ departed: Set<CMK>) -> Set<CMK> {
        let all = view.cmks
        let left = all.subtracting(departed)
        return [left.subtracting(recovery), left].first { !$0.isEmpty } ?? all
    }

    private static func newest(of views: [SnapshotView]) -> SnapshotView? {
        views.max { a, b in
            guard let (first, second) = a.log.header.flatMap({ first in b.log.header.map { (first, $0) } }) else { return false }
            return (first.time, first.finished, a.id) < (second.time, second.finished, b.id)
        }
    }
}

extension SnapshotView {
    /// Those of all of its envelopes.
    fileprivate var cmks: Set<CMK> { Set(log.envelopes.map(\.cmk)) }
}
