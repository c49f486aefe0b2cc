import HoldfastModel

extension RowEncoder {
    mutating func append(_ header: ManifestHeader) {
        append(header.start)
        append(header.cluster)
        append(header.node)
        append(header.source)
        append(header.time)
        append(header.started)
        append(header.finished)
        append(header.expires) { $0.append($1) }
        append(header.lock) {
            $0.append($1.until)
            $0.append($1.packsUntil)
        }
        append(header.items) { $0.append($1) }
        append(header.label)
        append(header.tags) { $0.append($1) }
        append(header.base) { $0.append($1) }
        append(header.barrier) { $0.append($1) }
        append(header.keyLogPosition)
        append(header.bytesRead)
        append(header.bytesNew)
        append(header.bytesStored)
        append(header.files)
        append(header.incomplete)
        append(header.envelopes) { $0.append($1) }
        append(header.tool)
    }

    mutating func append(_ envelope: Envelope) {
        append(envelope.cmk.uri)
        append(envelope.version) { $0.append($1) }
        append(envelope.access) { $0.append($1) }
        append(envelope.wrapped)
        append(envelope.created)
        append(envelope.requestID) { $0.append($1) }
    }
}

extension RowDecoder {
    /// Swift evaluates arguments from left to right, which is the order of `RowEncoder.append(_:)`.
    mutating func manifestHeader() throws(RowDamage) -> ManifestHeader {
        ManifestHeader(
            start: try digest(), cluster: try text(), node: try text(), source: try text(), time: try time(),
            started: try time(), finished: try time(),
            expires: try optional { row throws(RowDamage) in try row.time() },
            lock: try optional { row throws(RowDamage) in SnapshotLock(until: try row.time(), packsUntil: try row.time()) },
            items: try list { row throws(RowDamage) in try row.text() }, label: try text(),
            tags: try list { row throws(RowDamage) in try row.text() },
            base: try optional { row throws(RowDamage) in try row.snapshotID() },
            barrier: try optional { row throws(RowDamage) in try row.number() },
            keyLogPosition: try number(), bytesRead: try unsigned(), bytesNew: try unsigned(), bytesStored: try unsigned(),
            files: try unsigned(), incomplete: try unsigned(),
            envelopes: try list { row throws(RowDamage) in try row.envelope() }, tool: try text())
    }

    mutating func envelope() throws(RowDamage) -> Envelope {
        Envelope(
            cmk: try cmk(), version: try optional { row throws(RowDamage) in try row.text() },
            access: try optional { row throws(RowDamage) in try row.text() }, wrapped: try blob(), created: try time(),
            requestID: try optional { row throws(RowDamage) in try row.text() })
    }
}
