/// Whether a set of CMKs can be deleted, with everything that was found (`docs/RETENTION.md`, section 3.2).
package struct DeletionVerdict: Hashable, Sendable {
    package enum Answer: String, Hashable, Sendable {
        /// Proven to be needed: outranks what could not be read.
        case blocked
        case unknown
        case safeForGood = "safe_for_good"
        /// Not retired everywhere: a new snapshot could still use it.
        case safeNow = "safe_now"
    }

    package enum BlockerType: String, Hashable, Sendable {
        case active, pin, recovery, snapshot, trash
    }

    /// One thing that needs a CMK of the set.
    package struct Blocker: Hashable, Sendable {
        package let cluster: String
        package let type: BlockerType
        /// The snapshot's id; the CMK's URI where the CMK itself is in use.
        package let id: String
        /// What of the set opens it, ascending.
        package let keys: [CMK]
        package let departure: DeletionDeparture
        /// The snapshot, where it is one whose manifest exists.
        package let snapshot: ProjectReading.Snapshot?
    }

    package enum UnknownType: String, Hashable, Sendable { case pin, repository, snapshot }

    /// One thing that could not be read, and so is never counted as absent.
    package struct Unknown: Hashable, Sendable {
        /// Nil for a repository that nobody configured.
        package let cluster: String?
        package let type: UnknownType
        package let id: String
        package let why: String
    }

    /// One snapshot of one cluster.
    package struct Place: Hashable, Sendable {
        package let cluster: String
        package let id: SnapshotID

        package init(cluster: String, id: SnapshotID) {
            self.cluster = cluster
            self.id = id
        }
    }

    /// For a blocked set only: until when.
    package struct When: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable {
            case never, waiting, projected, exact
            case notBefore = "not_before"
        }

        package let kind: Kind
        /// The latest date of any blocker that has one.
        package let date: Timestamp?

        package init(kind: Kind, date: Timestamp?) {
            self.kind = kind
            self.date = date
        }
    }

    package let cmks: Set<CMK>
    package let answer: Answer
    package let when: When?
    package let blockers: [Blocker]
    package let unknowns: [Unknown]
    /// Snapshots that nothing can open any more.
    package let lost: [Place]

    package var isComplete: Bool { unknowns.isEmpty }
    package var isSafe: Bool { answer == .safeForGood || answer == .safeNow }

    /// Only `DeletionCheck` makes one.
    init(
        cmks: Set<CMK>, isRetiredEverywhere: Bool, clocksDisagree: Bool, blockers: [Blocker], unknowns: [Unknown], lost: [Place]
    ) {
        self.cmks = cmks
        // Only positions move: a blocker is large, and there may be many.
        let order = blockers.indices.sorted {
            let (a, b) = (blockers[$0], blockers[$1])
            return (a.cluster, a.type.rawValue, a.id) < (b.cluster, b.type.rawValue, b.id)
        }
        self.blockers = order.map { blockers[$0] }
        self.unknowns = unknowns.sorted {
            ($0.cluster ?? "", $0.type.rawValue, $0.id, $0.why) < ($1.cluster ?? "", $1.type.rawValue, $1.id, $1.why)
        }
        self.lost = lost.sorted { ($0.cluster, $0.id) < ($1.cluster, $1.id) }
        if !blockers.isEmpty {
            answer = .blocked
        } else if !unknowns.isEmpty {
            answer = .unknown
        } else {
            answer = isRetiredEverywhere ? .safeForGood : .safeNow
        }
        when = blockers.isEmpty ? nil : Self.when(blockers.map(\.departure), !unknowns.isEmpty, clocksDisagree)
    }

    private static func when(_ departures: [DeletionDeparture], _ isPartial: Bool, _ clocksDisagree: Bool) -> When {
        let certainties = Set(departures.map(\.certainty))
        let kind: When.Kind =
            if certainties.contains(.never) {
                .never
            } else if certainties.contains(.waiting) {
                .waiting
            } else if isPartial {
                .notBefore
            } else {
                certainties.contains(.projected) || clocksDisagree ? .projected : .exact
            }
        return When(kind: kind, date: departures.compactMap(\.date).max())
    }
}
