import HoldfastModel

/// The kinds of record as the catalog numbers them.
private enum RecordKind: UInt64 {
    case start, aborted, condemned, undeleted, hold, release, expiry, envelope, damaged, sound, deleting, unknown, locked,
        damagedPacks
}

extension RowEncoder {
    mutating func append(_ record: SnapshotRecord) {
        append(record.n)
        append(record.at)
        append(record.by)
        append(record.event)
    }

    mutating func append(_ start: SnapshotStart) {
        append(start.cluster)
        append(start.node)
        append(start.source)
        append(start.base) { $0.append($1) }
        append(start.keyLogPosition)
    }

    private mutating func append(_ event: SnapshotRecord.Event) {
        switch event {
        case .start(let start): append(.start) { $0.append(start) }
        case .aborted(let reason): append(.aborted) { $0.append(reason) }
        case .condemned(let rule, let purgeAfter):
            append(.condemned) {
                $0.append(rule)
                $0.append(purgeAfter)
            }
        case .undeleted(let until, let hold):
            append(.undeleted) {
                $0.append(until) { $0.append($1) }
                $0.append(hold) { $0.append($1) }
            }
        case .hold(let name): append(.hold) { $0.append(name) }
        case .release(let name): append(.release) { $0.append(name) }
        case .expiry(let date, let byPolicy):
            append(.expiry) {
                $0.append(date)
                $0.append(byPolicy ? 1 : 0)
            }
        case .locked(let date): append(.locked) { $0.append(date) }
        case .envelope(let envelope): append(.envelope) { $0.append(envelope) }
        case .damaged(let detail, nil): append(.damaged) { $0.append(detail) }
        case .damaged(let detail, .some(let packs)):
            append(.damagedPacks) {
                $0.append(detail)
                $0.append(packs) { $0.append($1) }
            }
        case .sound: append(.sound) { _ in }
        case .deleting: append(.deleting) { _ in }
        case .unknown(let kind): append(.unknown) { $0.append(kind) }
        }
    }

    private mutating func append(_ kind: RecordKind, _ content: (inout RowEncoder) -> Void) {
        append(kind.rawValue)
        content(&self)
    }
}

extension RowDecoder {
    mutating func record() throws(RowDamage) -> SnapshotRecord {
        SnapshotRecord(n: try number(), at: try time(), by: try text(), event: try event())
    }

    mutating func start() throws(RowDamage) -> SnapshotStart {
        SnapshotStart(
            cluster: try text(), node: try text(), source: try text(),
            base: try optional { row throws(RowDamage) in try row.snapshotID() }, keyLogPosition: try number())
    }

    private mutating func event() throws(RowDamage) -> SnapshotRecord.Event {
        switch RecordKind(rawValue: try unsigned()) {
        case .start: .start(try start())
        case .aborted: .aborted(reason: try text())
        case .condemned: .condemned(rule: try text(), purgeAfter: try time())
        case .undeleted:
            .undeleted(
                until: try optional { row throws(RowDamage) in try row.time() },
                hold: try optional { row throws(RowDamage) in try row.text() })
        case .hold: .hold(try text())
        case .release: .release(try text())
        case .locked: .locked(until: try time())
        case .expiry: .expiry(try time(), byPolicy: try unsigned() == 1)
        case .envelope: .envelope(try envelope())
        case .damaged: .damaged(detail: try text())
        case .damagedPacks:
            .damaged(detail: try text(), packs: try list { row throws(RowDamage) in try row.digest() })
        case .sound: .sound
        case .deleting: .deleting
        case .unknown: .unknown(kind: try text())
        case nil: throw RowDamage()
        }
    }
}
