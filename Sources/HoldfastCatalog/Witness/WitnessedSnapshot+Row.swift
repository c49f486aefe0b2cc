import GRDB
import HoldfastModel

extension WitnessedSnapshot {
    static let insertion = "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
    static let selection = "SELECT * FROM snapshot"

    var arguments: StatementArguments {
        [
            Blob(id.bytes), cluster, node, source, time.seconds, state.rawValue, sum.map { Blob($0.bytes) }, logLength,
            expires?.seconds, isCondemned, isCommittedHere,
        ]
    }

    /// Columns in the order of the schema.
    init(_ row: Row) throws {
        let (key, sum) = try (row.bytes(atIndex: 0) ?? [], row.bytes(atIndex: 6))
        guard let id = SnapshotID(bytes: key.span), let state = State(rawValue: try row.decode(atIndex: 5)) else {
            throw RowDamage()
        }
        self.init(
            id: id, cluster: try row.decode(atIndex: 1), node: try row.decode(atIndex: 2), source: try row.decode(atIndex: 3),
            time: try row.time(atIndex: 4), state: state, sum: try sum.map { try Digest(Blob($0)) },
            logLength: try row.decode(atIndex: 7), expires: row.hasNull(atIndex: 8) ? nil : try row.time(atIndex: 8),
            isCondemned: try row.decode(atIndex: 9), isCommittedHere: try row.decode(atIndex: 10))
    }
}

extension WitnessedKeyLog {
    static let selection = "SELECT key_log_length, key_log_sum FROM repository"
    static let update = "UPDATE repository SET key_log_length = ?, key_log_sum = ?"

    var arguments: StatementArguments { [length, lastSum.map { Blob($0.bytes) }] }

    init(_ row: Row) throws {
        let sum: Blob? = try row.decode(atIndex: 1)
        self.init(
            length: try row.decode(atIndex: 0), lastSum: try sum.map { try Digest($0) })
    }
}

extension Digest {
    fileprivate init(_ blob: Blob) throws(RowDamage) {
        guard let digest = Digest(bytes: blob.bytes.span) else { throw RowDamage() }
        self = digest
    }
}
