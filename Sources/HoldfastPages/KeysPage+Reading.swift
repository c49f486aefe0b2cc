import Holdfast
import HoldfastModel

extension KeysPage {
    private static let mostUnknowns = 50

    /// What was read, and when: what an answer rests on.
    var reading: Fields {
        let (read, unknowns) = (report.which.read, UnknownGroup.all(of: report.unknowns))
        return [
            "line": read.line, "asOf": report.asOf.toTheMinute, "repositories": repositories,
            "hasUnknowns": !unknowns.isEmpty, "unknowns": unknowns.prefix(Self.mostUnknowns).map(\.words),
            "hasMoreUnknowns": unknowns.count > Self.mostUnknowns, "moreUnknowns": max(0, unknowns.count - Self.mostUnknowns),
            "silent": report.silent.map { ["name": names[$0], "uri": $0.uri] }, "hasSilent": !report.silent.isEmpty,
        ]
    }

    private var repositories: [Fields] {
        let known = report.repositories.map { repository -> Fields in
            let isBlank = repository.problem != nil && repository.snapshotCount + repository.openSnapshotCount == 0
            let clock = repository.clockSkew.isTolerable ? "" : ", its clock \(repository.clockSkew) off"
            return [
                "cluster": repository.cluster, "id": repository.id.short, "isRead": repository.problem == nil,
                "state": (repository.problem ?? "read whole") + clock, "backup": repository.isBackupOn ? "on" : "off",
                "snapshots": isBlank ? "?" : "\(repository.snapshotCount)",
                "open": isBlank ? "?" : "\(repository.openSnapshotCount)", "records": repository.keyLogLength,
            ]
        }
        return known
            + report.unconfigured.map { id -> Fields in
                [
                    "cluster": "not configured", "id": id.short, "isRead": false, "state": "named on a roster; not read",
                    "backup": "?",
                    "snapshots": "?", "open": "?", "records": "?",
                ]
            }
    }
}
