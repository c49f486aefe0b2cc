/// Repositories of the project that a key log of it does not name (`docs/decisions/0025-rosters-are-audited.md`).
extension AlertCheck {
    var rosterGaps: [Alert] {
        let logs = reading.clusters.compactMap { cluster in cluster.latestKeyLog.map { (cluster, $0) } }
        return logs.compactMap { cluster, _ in
            let unaware = logs.filter { !$0.1.roster.contains(cluster.repository) }.map(\.0.name).sorted()
            guard !unaware.isEmpty else { return nil }
            return Alert(
                .rosterIncomplete, .critical, cluster.name,
                "the key log of \(unaware.joined(separator: ", ")) does not name the repository of \(cluster.name): whoever knows of that "
                    + "log alone could call a CMK safe that \(cluster.name) needs",
                next: ["take id: of \(cluster.name) out of the project file, and have it entered again: holdfast init"])
        }
    }
}
