import HoldfastCrypto
import HoldfastFormat
package import HoldfastModel

extension Repository {
    /// The whole key log, checked link by link. Throws where a record is missing, changed or of a newer format. Of an `earlier`
    /// reading what is listed as it was then is not read again.
    package func readKeyLog(since earlier: KeyLogReading? = nil) async throws(HoldfastError) -> KeyLogReading {
        let listed: [StoredObject]
        do { listed = try await store.list(.keys) } catch { throw .store(error) }
        if let long = listed.first(where: \.isTooLong) {
            throw .object(long.name, .limit("a record of \(long.byteCount) bytes"))
        }
        var objects: [Int: StoredObject] = [:]
        for object in listed {
            if case .keyRecord(let n) = object.name.parsed { objects[n] = object }
        }
        var reading = earlier.flatMap { $0.stands(in: objects) ? $0 : nil } ?? KeyLogReading()
        // Behind a gap a number may be anything: what is missing is named, and nothing is counted up to it.
        if let missing = (0..<objects.count).first(where: { objects[$0] == nil }) {
            throw .missing(.keyRecord(missing), needed: "the key log")
        }
        let names = (reading.digests.count..<max(reading.digests.count, objects.count)).map { ObjectName.keyRecord($0) }
        for (name, bytes) in zip(names, try await read(all: names, neededFor: "the key log")) {
            let n = reading.digests.count
            do {
                let record = try KeyRecordCodec.decode(bytes, repository: id, n: n, prev: reading.lastDigest)
                reading.append(record, digest: SHA256.hash(bytes.span), listed: objects[n])
            } catch {
                throw .object(name, error)
            }
        }
        return reading
    }

    /// The same log once more: it has grown, or is as it was.
    func readKeyLogAgain(since earlier: KeyLogReading) async throws(HoldfastError) -> KeyLogReading {
        let again = try await readKeyLog(since: earlier)
        guard again.digests.starts(with: earlier.digests) else { throw .alarm(["the key log changed while it was read"]) }
        return again
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
            let bytes = try writable(ObjectName.keyRecord(record.n).text) { () throws(FormatError) in
                try KeyRecordCodec.encode(record, repository: id, prev: reading.lastDigest)
            }
            guard try await create(.keyRecord(record.n), bytes) else { continue }
            var log = reading.log
            log.append(record)
            return log
        }
    }

    /// How often what does not seem to arrive is sent, before its sender is told.
    static let mostCreates = 5

    /// Creates the object; false where somebody else's stands there. A lost answer is settled by reading, and so is a refusal after one: what
    /// was sent may have arrived when it was given up.
    func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(HoldfastError) -> Bool {
        var isUnclear = false
        for _ in 0..<Self.mostCreates {
            do {
                try await store.create(name, bytes)
                return true
            } catch .exists {
                guard isUnclear else { return false }
            } catch .unclear {
                isUnclear = true
            } catch {
                throw .store(error)
            }
            if let isOurs = try await standing(name, bytes) { return isOurs }
        }
        throw .store(.unclear(name))
    }

    /// Creates a pack whose bytes the store has taken over; false where something else stands there. Whose answer was lost is asked
    /// again: the store knows its own file by what it is, and makes its name durable before it says so.
    func create(_ name: ObjectName, of object: any GrowingObject) async throws(HoldfastError) -> Bool {
        for _ in 0..<Self.mostCreates {
            do {
                try await object.create(name)
                return true
            } catch .exists {
                return false
            } catch .unclear {
                continue
            } catch {
                throw .store(error)
            }
        }
        throw .store(.unclear(name))
    }

    /// Whether what stands at `name` are these bytes; nil where nothing does.
    private func standing(_ name: ObjectName, _ bytes: [UInt8]) async throws(HoldfastError) -> Bool? {
        do {
            return try await store.read(name) == bytes
        } catch .notFound {
            return nil
        } catch {
            throw .store(error)
        }
    }
}

/// A key log and the hash of each of its records' bytes.
package struct KeyLogReading: Sendable {
    package private(set) var log = KeyLog()
    package private(set) var digests: [Digest] = []
    private var listed: [StoredObject?] = []

    /// To which the next record is chained.
    package var lastDigest: Digest? { digests.last }

    mutating func append(_ record: KeyRecord, digest: Digest, listed object: StoredObject?) {
        log.append(record)
        digests.append(digest)
        listed.append(object)
    }

    /// Whether a later listing has every record as this one had it, by size and time.
    fileprivate func stands(in objects: [Int: StoredObject]) -> Bool {
        listed.indices.allSatisfy { listed[$0] != nil && objects[$0] == listed[$0] }
    }
}
