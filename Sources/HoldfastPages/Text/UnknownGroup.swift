import HoldfastModel

/// Unknowns that have one reason, as one line: a Region out of reach makes thousands of them.
struct UnknownGroup {
    private static let mostNamed = 3

    private let unknowns: [DeletionVerdict.Unknown]

    private struct Reason: Hashable {
        let cluster: String?
        let type: DeletionVerdict.UnknownType
        let why: String
    }

    /// In the order in which each reason is first met.
    static func all(of unknowns: [DeletionVerdict.Unknown]) -> [UnknownGroup] {
        var (order, groups) = ([Reason](), [Reason: [DeletionVerdict.Unknown]]())
        for unknown in unknowns {
            let cluster = unknown.why == "key-state" ? nil : unknown.cluster
            let reason = Reason(cluster: cluster, type: unknown.type, why: unknown.why)
            if groups[reason] == nil { order.append(reason) }
            groups[reason, default: []].append(unknown)
        }
        return order.map { UnknownGroup(unknowns: groups[$0] ?? []) }
    }

    var words: String {
        guard let first = unknowns.first else { return "" }
        let clusters = Set(unknowns.compactMap(\.cluster)).sorted()
        let place = clusters.isEmpty ? "" : "\(listed(clusters, atMost: 4)): "
        let count = unknowns.count
        if first.why == "key-state" {
            let snapshots = count == 1 ? "snapshot \(first.id.prefix(8))" : "\(count) snapshots"
            return "\(place)whether another key still opens \(snapshots) is not known, since its key manager does not answer"
        }
        guard !first.id.isEmpty else { return place + Self.reason(first.why) }
        let ids = listed(unknowns.map { String($0.id.prefix(8)) }, atMost: Self.mostNamed)
        return "\(place)\(first.type.words(count)) \(ids): \(Self.reason(first.why))"
    }

    private static func reason(_ why: String) -> String {
        switch why {
        case "used-elsewhere": "on record at a key manager, and neither in the project file nor listed under gone:"
        case "not-configured": "on a roster, and neither in the project file nor listed under gone:"
        case "no-repository": "there is no repository"
        case "no-id": "no id: in the project file says which repository it is"
        case "no-envelope": "nothing says which key opens it"
        case "start-gone": "the start record is gone, and the manifest stands"
        case "only-packs": "packs are there, and no snapshot is listed"
        default: why
        }
    }
}

extension DeletionVerdict.UnknownType {
    fileprivate func words(_ count: Int) -> String {
        switch self {
        case .repository: count == 1 ? "repository" : "repositories"
        case .pin: count == 1 ? "a snapshot in progress," : "snapshots in progress,"
        case .snapshot: count == 1 ? "snapshot" : "\(count) snapshots,"
        }
    }
}
