import ArgumentParser
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage

/// `holdfast stats`
struct StatsCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Count what the repository holds; no key is needed.",
        discussion: """
            Example: holdfast stats

            JSON: {message_type: "stats", cluster, snapshots, trash, open, unreadable, packs, pack_bytes, referred_bytes, \
            cmks: [{uri, snapshots, bytes_stored}], sources: [{name, snapshots, bytes_stored}]}.
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(in session: Session) async throws -> ExitStatus {
        let context = try await ProjectContext(session).open(for: .givingBack)
        let statistics = try await RepositoryStatistics.read(context.repository)
        if session.options.isJSON {
            try session.output.print(Self.document(statistics, context.cluster.name))
        } else {
            try Self.lines(statistics, context).forEach(session.output.print)
        }
        return .done
    }

    private static func lines(_ statistics: RepositoryStatistics, _ context: ClusterContext) -> [String] {
        var lines = [
            "cluster    \(context.cluster.name)  (\(context.cluster.repository))",
            "snapshots  \(statistics.liveCount) live, \(statistics.trashCount) in the trash, \(statistics.openCount) open, "
                + "\(statistics.unreadableCount) unreadable",
            "packs      \(statistics.packCount), \(ByteCount(statistics.packByteCount))",
            "shared     the snapshots refer to \(ByteCount(statistics.referredByteCount)) in all", "",
        ]
        var table = Table([("Under", .left), ("Snapshots", .right), ("Stored", .right)])
        for (name, share) in shares(statistics) {
            table.add([name, "\(share.snapshotCount)", ByteCount(share.storedByteCount).description])
        }
        lines += table.lines
        return lines
    }

    private static func shares(_ statistics: RepositoryStatistics) -> [(String, RepositoryStatistics.Share)] {
        statistics.byCMK.sorted { $0.key < $1.key }.map { ($0.key.uri, $0.value) }
            + statistics.bySource.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func document(_ statistics: RepositoryStatistics, _ cluster: String) -> JSONObject {
        [
            "message_type": "stats", "cluster": .string(cluster), "snapshots": .integer(Int64(statistics.liveCount)),
            "trash": .integer(Int64(statistics.trashCount)), "open": .integer(Int64(statistics.openCount)),
            "unreadable": .integer(Int64(statistics.unreadableCount)), "packs": .integer(Int64(statistics.packCount)),
            "pack_bytes": .count(statistics.packByteCount), "referred_bytes": .count(statistics.referredByteCount),
            "cmks": .array(statistics.byCMK.sorted { $0.key < $1.key }.map { share("uri", $0.key.uri, $0.value) }),
            "sources": .array(statistics.bySource.sorted { $0.key < $1.key }.map { share("name", $0.key, $0.value) }),
        ]
    }

    private static func share(_ key: String, _ name: String, _ share: RepositoryStatistics.Share) -> JSONValue {
        var object = JSONObject()
        object.append(key, .string(name))
        object.append("snapshots", .integer(Int64(share.snapshotCount)))
        object.append("bytes_stored", .count(share.storedByteCount))
        return .object(object)
    }
}
