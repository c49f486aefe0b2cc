package import HoldfastModel

/// Which snapshots of a cluster a drill restores: the newest of each source, and for each CMK that snapshots need and none of these
/// shows, the newest that only it opens. So old CMKs are tried too.
package struct DrillChoice: Sendable {
    package struct Turn: Sendable {
        package let view: SnapshotView
        /// By which it may be opened; recovery CMKs are none, where it has others.
        package let cmks: Set<CMK>
        /// It stands for an old CMK, not for a source.
        package let isForCMK: Bool

        /// What its part of the drills is remembered by, from one to the next.
        package var subject: String {
            if isForCMK { return cmks.map(\.uri).sorted().joined(separator: " ") }
            return view.log.header.map { "\($0.node)/\($0.source)" } ?? "\(view.id)"
        }

        var openers: Openers { Openers(excluding: Set(view.cmks).subtracting(cmks)) }
    }

    /// Sources first.
    package let turns: [Turn]
    /// Snapshots that exist and of which not even the header can be read, and why: nobody knows what they would be.
    package let unreadable: [(id: SnapshotID, why: String)]

    package init(of views: [SnapshotView], recovery: Set<CMK>) {
        let live = views.filter { $0.log.state == .live }
        let sources = Dictionary(grouping: live) { [$0.log.header?.node ?? "", $0.log.header?.source ?? ""] }
        let newest = sources.compactMap { name, views in Self.newest(of: views).map { (name, $0) } }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
            .map { Turn(view: $0.1, cmks: Self.openers(of: $0.1, recovery), isForCMK: false) }
        let needed = Dictionary(grouping: live.filter { Self.openers(of: $0, recovery).count == 1 }) {
            Self.openers(of: $0, recovery)
        }
        let shown = Set(newest.map(\.cmks))
        let old = needed.filter { !shown.contains($0.key) }
            .compactMap { cmks, views in Self.newest(of: views).map { Turn(view: $0, cmks: cmks, isForCMK: true) } }
            .sorted { $0.subject < $1.subject }
        turns = newest + old
        unreadable = views.compactMap { view in
            if case .unreadable(let why) = view.log.state { (view.id, why) } else { nil }
        }
    }

    /// The one snapshot that somebody named, by whatever opens it.
    package init(_ view: SnapshotView) {
        turns = [Turn(view: view, cmks: Set(view.cmks), isForCMK: false)]
        unreadable = []
    }

    private static func openers(of view: SnapshotView, _ recovery: Set<CMK>) -> Set<CMK> {
        let all = Set(view.cmks)
        let daily = all.subtracting(recovery)
        return daily.isEmpty ? all : daily
    }

    private static func newest(of views: [SnapshotView]) -> SnapshotView? {
        views.max { a, b in
            guard let (first, second) = a.log.header.flatMap({ first in b.log.header.map { (first, $0) } }) else { return false }
            return (first.time, first.finished, a.id) < (second.time, second.finished, b.id)
        }
    }
}

extension SnapshotView {
    /// Of all of its envelopes, those added later too.
    fileprivate var cmks: [CMK] { ((log.header?.envelopes ?? []) + log.laterEnvelopes).map(\.cmk) }
}
