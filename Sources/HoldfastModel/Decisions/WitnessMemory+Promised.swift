extension WitnessMemory {
    /// Those that compliance keeps whatever their dates, as the newest of their source: no rule of Holdfast lets one of them go before newer
    /// ones are there. What is remembered counts beside what is seen, so that hiding all of them hides none; what is damaged is not told from
    /// what is good.
    func promised(beside sighting: WitnessSighting, at now: Timestamp) -> Set<SnapshotID> {
        guard sighting.promisedCount > 0 else { return [] }
        var sources: [Origin: [SnapshotID: Timestamp]] = [:]
        for snapshot in snapshots.values where snapshot.mayBePromised && snapshot.time <= now {
            sources[Origin(node: snapshot.node, source: snapshot.source), default: [:]][snapshot.id] = snapshot.time
        }
        for snapshot in sighting.snapshots where snapshot.mayBePromised && snapshot.time <= now {
            sources[Origin(node: snapshot.node, source: snapshot.source), default: [:]][snapshot.id] = snapshot.time
        }
        return sources.values.reduce(into: []) { promised, times in
            let newest = times.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(sighting.promisedCount)
            promised.formUnion(newest.map(\.key))
        }
    }
}

private struct Origin: Hashable {
    let node: String
    let source: String
}

extension WitnessedSnapshot {
    fileprivate var mayBePromised: Bool { sum != nil && !isCondemned }
}

extension SeenSnapshot {
    fileprivate var mayBePromised: Bool {
        guard hasStart, !isCondemned, !isDeleting, case .manifest = outcome else { return false }
        return true
    }
}
