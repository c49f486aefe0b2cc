/// What drills have shown, and what none has shown for too long (`docs/decisions/0022-drill.md`).
extension AlertCheck {
    var drillAlerts: [Alert] { reading.clusters.compactMap { drillFailed($0) ?? drillOverdue($0) } }

    private func drillFailed(_ cluster: ProjectReading.Cluster) -> Alert? {
        guard let failed = circumstances.drills.histories[cluster.name]?.failing else { return nil }
        let name = ShellWord.quoted(cluster.name)
        return Alert(
            .drillFailed, .critical, cluster.name,
            "the drill of \(failed.at.toTheMinute) UTC could not restore \(cluster.name) as it was: \(failed.message)",
            next: ["holdfast check --read-data --cluster \(name)", "holdfast drill --cluster \(name)"])
    }

    /// One that is late by a timer's turn concerns nobody; one whole turn that was missed does.
    private func drillOverdue(_ cluster: ProjectReading.Cluster) -> Alert? {
        guard let plan = circumstances.drills.plan, cluster.snapshots.contains(where: { $0.purgeAfter == nil }) else {
            return nil
        }
        let next = ["holdfast drill --cluster \(ShellWord.quoted(cluster.name))"]
        guard let passed = circumstances.drills.histories[cluster.name]?.passed(by: circumstances.now) else {
            let since = circumstances.remembered[.init(kind: .drillOverdue, subject: cluster.name)]?.since ?? circumstances.now
            return Alert(
                .drillOverdue, plan.every.after(since) <= circumstances.now ? .critical : .warning, cluster.name,
                "nothing has shown yet that the snapshots of \(cluster.name) restore: no drill has passed on this machine until now",
                next: next)
        }
        guard plan.every.after(plan.every.after(passed.at)) <= circumstances.now else { return nil }
        return Alert(
            .drillOverdue, .critical, cluster.name,
            "nothing has shown since \(passed.at.date) that the snapshots of \(cluster.name) restore: a drill is due every \(plan.every)",
            next: next)
    }
}
