/// What drills have shown, and what none has shown for too long (`docs/decisions/0022-drill.md`).
extension AlertCheck {
    var drillAlerts: [Alert] { reading.clusters.compactMap { drillsUnreadable($0) ?? drillFailed($0) ?? drillOverdue($0) } }

    private func drillsUnreadable(_ cluster: ProjectReading.Cluster) -> Alert? {
        guard let why = circumstances.drills.unreadable[cluster.name] else { return nil }
        return Alert(
            .drillsUnreadable, .critical, cluster.name, "whether a drill of \(cluster.name) failed is not known: \(why)",
            next: ["holdfast drill --all --cluster \(ShellWord.quoted(cluster.name))"])
    }

    /// Where no snapshot is left there is nothing that could be restored, or drilled.
    private func drillFailed(_ cluster: ProjectReading.Cluster) -> Alert? {
        guard let failed = circumstances.drills.histories[cluster.name]?.failing, !isEmpty(cluster) else { return nil }
        let name = ShellWord.quoted(cluster.name)
        return Alert(
            .drillFailed, .critical, cluster.name,
            "the drill of \(failed.at.toTheMinute) UTC could not restore \(cluster.name) as it was: \(failed.message)",
            next: ["holdfast check --read-data --cluster \(name)", "holdfast drill --cluster \(name)"])
    }

    private func isEmpty(_ cluster: ProjectReading.Cluster) -> Bool {
        cluster.problem == nil && !cluster.snapshots.contains { $0.purgeAfter == nil }
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
