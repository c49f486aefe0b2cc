extension AlertCheck {
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
