extension AlertCheck {
    /// A recovery CMK under which there is no envelope of the newest snapshot of some source, though no key log retires it: it came under
    /// `recovery:` since, or a backup could not put it on record and left it out.
    func leftOutRecovery(_ cmk: CMK) -> Alert? {
        let newest = reading.clusters.filter { $0.recovery.contains(cmk) && $0.latestKeyLog?.isRetired(cmk) == false }
            .flatMap(\.newestOfGroups)
        let without = newest.filter { !($0.envelopes + $0.laterEnvelopes).contains(cmk) }
        guard let first = without.min(by: { $0.group.lexicographicallyPrecedes($1.group) }) else { return nil }
        let others = without.count > 1 ? " and \(without.count - 1) others" : ""
        return Alert(
            .recoveryLeftOut, .warning, cmk.uri,
            "the recovery CMK \(cmk) does not open the newest snapshot of \(first.group.joined(separator: "/"))\(others)",
            next: [
                "take a new snapshot, and read its notes: where the key manager cannot be written to, take one first on a host that may",
                "holdfast keys rewrap, for a source that takes no more",
            ])
    }

    /// A recovery CMK that some key log calls retired: for good, and new snapshots are taken there without it.
    func retiredRecovery(_ cmk: CMK) -> Alert? {
        let clusters = reading.clusters.filter { $0.recovery.contains(cmk) && $0.latestKeyLog?.isRetired(cmk) == true }.map(
            \.name)
        guard !clusters.isEmpty else { return nil }
        return Alert(
            .recoveryRetired, .critical, cmk.uri,
            "the recovery CMK \(cmk) is retired in \(clusters.joined(separator: ", ")): no new snapshot there opens with it",
            next: ["holdfast keys create", "put the new CMK in its place under recovery: in the project file"])
    }
}

extension ProjectReading.Cluster {
    /// Of what can be read and is not in the trash.
    fileprivate var newestOfGroups: [ProjectReading.Snapshot] {
        let live = snapshots.filter { $0.problem == nil && $0.purgeAfter == nil && !$0.isSalvaged }
        return Dictionary(grouping: live, by: \.group).values.compactMap { group in
            group.max { ($0.time, $0.id) < ($1.time, $1.id) }
        }
    }
}
