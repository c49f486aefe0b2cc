/// The snapshots of a reading by what opens them. Thousands share the same envelopes: those are weighed once.
struct OpenerIndex: Sendable {
    /// Positions in the reading.
    struct Position: Hashable, Sendable {
        let cluster: Int
        let snapshot: Int
    }

    /// All snapshots with the same envelopes.
    struct Entry: Sendable {
        /// Whatever may open them: the families of the CMKs of all envelopes, whether they were proven or not.
        let openers: Set<CMK>
        /// What is known to open them, and so may stand in for another CMK.
        let covers: Set<CMK>
        var places: [Position] = []
    }

    private struct Envelopes: Hashable {
        let counted: [CMK]
        let later: [CMK]
    }

    /// What nobody can vouch for, whichever CMKs one asks about.
    private(set) var unknowns: [DeletionVerdict.Unknown] = []
    /// What nothing can open any more.
    private(set) var lost: [DeletionVerdict.Place] = []
    private var entries: [Entry] = []
    private var entriesByCMK: [CMK: [Int]] = [:]

    init(of reading: ProjectReading) {
        var entriesByEnvelopes: [Envelopes: Int] = [:]
        for (number, cluster) in reading.clusters.enumerated() {
            for (position, snapshot) in cluster.snapshots.enumerated() {
                if let problem = snapshot.problem ?? (snapshot.envelopes.isEmpty ? "no-envelope" : nil) {
                    unknowns.append(.init(cluster: cluster.name, type: .snapshot, id: snapshot.id.hex, why: problem))
                    continue
                }
                let envelopes = Envelopes(counted: snapshot.envelopes, later: snapshot.laterEnvelopes)
                let entry = entriesByEnvelopes[envelopes] ?? entries.count
                if entry == entries.count {
                    entriesByEnvelopes[envelopes] = entry
                    entries.append(
                        Entry(openers: reading.possibleOpeners(of: snapshot), covers: reading.openers(of: snapshot.envelopes)))
                }
                entries[entry].places.append(Position(cluster: number, snapshot: position))
            }
        }
        for (number, entry) in entries.enumerated() {
            for cmk in entry.openers { entriesByCMK[cmk, default: []].append(number) }
            guard entry.openers.allSatisfy({ reading.state(of: $0) == .deleted }) else { continue }
            lost += entry.places.map { place in
                let cluster = reading.clusters[place.cluster]
                return DeletionVerdict.Place(cluster: cluster.name, id: cluster.snapshots[place.snapshot].id)
            }
        }
    }

    func entries(openedBy cmks: Set<CMK>) -> [Entry] {
        Set(cmks.flatMap { entriesByCMK[$0] ?? [] }).map { entries[$0] }
    }
}
