import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel

extension Repository {
    /// The whole key log, checked link by link. Throws where a record is missing, changed or of a newer format.
    package func readKeyLog() async throws(HoldfastError) -> KeyLogReading {
        let listed: [StoredObject]
        do { listed = try await store.list(.keys) } catch { throw .store(error) }
        var log = KeyLog()
        var digests: [Digest] = []
        let numbers = listed.compactMap { if case .keyRecord(let n) = $0.name.parsed { n } else { nil } }
        if let long = listed.first(where: { $0.byteCount > KeyRecordCodec.maximumByteCount }) {
            throw .object(long.name, .limit("a record of \(long.byteCount) bytes"))
        }
        for n in 0..<(1 + (numbers.max() ?? -1)) {
            let name = ObjectName.keyRecord(n)
            let bytes = try await read(name, neededFor: "the key log")
            do {
                log.append(try KeyRecordCodec.decode(bytes, repository: id, n: n, prev: digests.last))
            } catch {
                throw .object(name, error)
            }
            digests.append(SHA256.hash(bytes.span))
        }
        return KeyLogReading(log: log, digests: digests)
    }

    /// Appends what `decide` says after reading the whole log; nil appends nothing. Where somebody else took the number, the
    /// log is read and the decision made again (`docs/PROTOCOL.md`, section 3a). Answers the log as it then stands.
    @discardableResult
    package func appendToKeyLog(
        at time: Timestamp, by node: String, _ decide: (KeyLog) throws(HoldfastError) -> KeyRecord.Event?
    ) async throws(HoldfastError) -> KeyLog {
        while true {
            let reading = try await readKeyLog()
            guard let event = try decide(reading.log) else { return reading.log }
            let record = KeyRecord(n: reading.log.records.count, at: time, by: node, event: event)
            let bytes = KeyRecordCodec.encode(record, repository: id, prev: reading.lastDigest)
            guard try await create(.keyRecord(record.n), bytes) else { continue }
            var log = reading.log
            log.append(record)
            return log
        }
    }

    /// Creates the object; false where somebody else's stands there. A lost answer is settled by reading.
    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(HoldfastError) -> Bool {
        do {
            try await store.create(name, bytes)
            return true
        } catch .exists {
            return false
        } catch .unclear {
            return try await settle(name, bytes)
        } catch {
            throw .store(error)
        }
    }

    /// Whether `bytes` stand at `name`, after the answer to their create was lost.
    private func settle(_ name: ObjectName, _ bytes: [UInt8]) async throws(HoldfastError) -> Bool {
        do {
            return try await store.read(name) == bytes
        } catch .notFound {
            return try await create(name, bytes)
        } catch {
            throw .store(error)
        }
    }
}

/// A key log and the hash of each of its records' bytes.
package struct KeyLogReading: Sendable {
    package let log: KeyLog
    package let digests: [Digest]

    /// To which the next record is chained.
    package var lastDigest: Digest? { digests.last }
}
