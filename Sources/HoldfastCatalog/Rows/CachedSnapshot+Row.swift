import HoldfastModel

/// What stands at number 1, as the catalog numbers it.
private enum OutcomeKind: UInt64 {
    case none, manifest, aborted
}

extension CachedSnapshot {
    /// One sealed row; the id is its key, and is in the row as well, so that a row never passes for another's.
    var row: [UInt8] {
        var row = RowEncoder()
        row.append(id)
        row.append(start)
        row.append(startSum)
        switch outcome {
        case .none: row.append(OutcomeKind.none.rawValue)
        case .manifest(let manifest):
            row.append(OutcomeKind.manifest.rawValue)
            row.append(manifest.header)
            row.append(manifest.sum)
            row.append(manifest.byteCount)
        case .aborted(let reason):
            row.append(OutcomeKind.aborted.rawValue)
            row.append(reason)
        }
        row.append(records) { $0.append($1) }
        row.append(lastSum)
        row.append(times) { $0.append($1) }
        row.append(stamp.recordCount)
        row.append(stamp.bytes)
        return row.sealed()
    }

    init(row bytes: [UInt8], texts: TextPool) throws(RowDamage) {
        var row = try RowDecoder(sealed: bytes, texts: texts)
        self.init(
            id: try row.snapshotID(), start: try row.start(), startSum: try row.digest(), outcome: try row.outcome(),
            records: try row.list { row throws(RowDamage) in try row.record() }, lastSum: try row.digest(),
            times: try row.list { row throws(RowDamage) in try row.time() },
            stamp: LogStamp(recordCount: try row.number(), bytes: try row.blob()))
        try row.finish()
    }
}

extension RowDecoder {
    fileprivate mutating func outcome() throws(RowDamage) -> CachedSnapshot.Outcome {
        switch OutcomeKind(rawValue: try unsigned()) {
        case nil: throw RowDamage()
        case OutcomeKind.none?: return .none
        case .manifest:
            return .manifest(.init(header: try manifestHeader(), sum: try digest(), byteCount: try number()))
        case .aborted: return .aborted(reason: try text())
        }
    }
}
