import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("Small records")
struct RecordTests {
    private let fixture: RecordFixture

    init() throws { fixture = try RecordFixture() }

    @Test("every kind of a snapshot's log comes back")
    func snapshotKinds() throws {
        let start = SnapshotStart(cluster: "c", node: "n", source: "s", base: Random.id(), keyLogPosition: 7)
        let rewrap = Envelope(
            cmk: fixture.cmk, version: "1", access: "role", wrapped: [1], created: fixture.at, requestID: "r-1")
        #expect(try roundTrip(.start(start), n: 0) == .start(start))
        let full = SnapshotStart(cluster: "c", node: "n", source: "s", base: nil, keyLogPosition: 0)
        #expect(try roundTrip(.start(full), n: 0) == .start(full))
        #expect(try roundTrip(.aborted(reason: "\"why\"\n"), n: 1) == .aborted(reason: "\"why\"\n"))
        let later: [SnapshotRecord.Event] = [
            .condemned(rule: "daily", purgeAfter: fixture.at), .undeleted(until: fixture.at, hold: nil),
            .undeleted(until: nil, hold: "audit"), .hold("audit"), .release("audit"), .expiry(fixture.at, byPolicy: false),
            .expiry(fixture.at, byPolicy: true), .locked(until: fixture.at), .envelope(rewrap),
            .damaged(detail: "pack 3"),
            .damaged(detail: "packs", packs: [SHA256.hash([1].span), SHA256.hash([2].span)]), .damaged(detail: "", packs: []),
            .sound, .deleting,
        ]
        for (index, event) in later.enumerated() { #expect(try roundTrip(event, n: index + 2) == event) }
    }

    @Test("every kind of the key log comes back")
    func keyKinds() throws {
        let announcement = Announcement(id: Random.id(), home: fixture.repository, cmks: [fixture.cmk])
        let events: [KeyRecord.Event] = [
            .roster([fixture.repository, Random.id()]), .activate(fixture.cmk), .retire(fixture.cmk), .barrier,
            .announce(announcement), .approve(announcement.id), .withdraw(announcement.id),
            .scheduled(fixture.cmk, date: fixture.at), .cancelled(fixture.cmk), .deleted(fixture.cmk),
            .compliance(Compliance(minKeep: try #require(Period("30 days")), grace: Period(days: 7), keepMin: 2)),
        ]
        for (n, event) in events.enumerated() {
            let record = KeyRecord(n: n, at: fixture.at, by: "db-1", event: event)
            let prev = n == 0 ? nil : fixture.prev
            let bytes = try KeyRecordCodec.encode(record, repository: fixture.repository, prev: prev)
            #expect(try KeyRecordCodec.decode(bytes, repository: fixture.repository, n: n, prev: prev) == record)
        }
    }

    @Test("a date beyond all that the format can say is written as the last that it can, and read again")
    func lastDate() throws {
        let (far, last) = (try #require(Period(9999, .years)).after(fixture.at), try #require(Timestamp("9999-12-31T23:59:59Z")))
        #expect(try roundTrip(.expiry(far, byPolicy: false), n: 2) == .expiry(last, byPolicy: false))
        #expect(
            try roundTrip(.condemned(rule: "expiry", purgeAfter: far + 1), n: 2) == .condemned(rule: "expiry", purgeAfter: last))
    }

    @Test("W22: a promise that no policy can hold is no record of ours", arguments: [0, 1001, Int.max])
    func promise(keepMin: Int) throws {
        let promise = Compliance(minKeep: try #require(Period("30 days")), grace: Period(days: 7), keepMin: keepMin)
        let record = KeyRecord(n: 2, at: fixture.at, by: "db-1", event: .compliance(promise))
        let bytes = try KeyRecordCodec.encode(record, repository: fixture.repository, prev: fixture.prev)
        #expect(throws: FormatError.record("member 'keep_min' is not a number from 1 to 1000")) {
            try KeyRecordCodec.decode(bytes, repository: fixture.repository, n: 2, prev: fixture.prev)
        }
    }

    @Test("a record written by hand from the format is the one that we write")
    func bytes() throws {
        #expect(try fixture.record { _ in } == fixture.encode(.hold("audit"), n: 2))
    }

    @Test("a kind that this version does not know is kept as unknown, and its members are not looked at")
    func unknownKind() throws {
        let record = try fixture.decode(fixture.record("kind", "\"sealed\""), n: 2)
        #expect(record.event == .unknown(kind: "sealed"))
    }

    @Test("members that this version does not know are ignored")
    func unknownMember() throws {
        let bytes = fixture.record { $0.append(("colour", "\"red\"")) }
        #expect(try fixture.decode(bytes, n: 2).event == .hold("audit"))
    }

    @Test(
        "a wrong member is refused by name",
        arguments: [
            ("format", "2", FormatError.newerFormat),
            ("repository", "\"00000000000000000000000000000000\"", .wrongRepository),
            ("repository", nil, .wrongRepository),
            ("snapshot", "\"00000000000000000000000000000000\"", .wrongSnapshot),
            ("snapshot", nil, .wrongSnapshot),
            ("n", "3", .record("member 'n' is not its number")),
            ("n", "\"2\"", .record("member 'n' is not its number")),
            ("n", nil, .record("member 'n' is not its number")),
            ("prev", "null", .record("member 'prev' does not match the record before")),
            ("prev", nil, .record("member 'prev' does not match the record before")),
            ("at", "\"2027-01-31\"", .record("member 'at' is not a time as 2027-01-31T18:00:00Z")),
            ("by", nil, .record("member 'by' is missing")),
            ("kind", nil, .record("member 'kind' is missing")),
            ("name", "1", .record("member 'name' is not a string")),
        ] as [(String, String?, FormatError)])
    func wrongMember(name: String, json: String?, error: FormatError) {
        #expect(fixture.fault(fixture.record(name, json)) == error)
    }

    @Test("the first record has no record before it")
    func firstRecord() throws {
        let start = SnapshotRecord.Event.start(.init(cluster: "c", node: "n", source: "s", base: nil, keyLogPosition: 0))
        #expect(try fixture.fault(fixture.encode(start, n: 0), n: 0) == nil)
        let chained = try SnapshotRecordCodec.encode(
            SnapshotRecord(n: 0, at: fixture.at, by: "", event: start), repository: fixture.repository,
            snapshot: fixture.snapshot, prev: fixture.prev)
        #expect(fixture.fault(chained, n: 0) == .record("member 'prev' does not match the record before"))
    }

    @Test("W25: a member twice is refused, the sum included")
    func duplicates() {
        let twice = fixture.record { $0.append(("name", "\"other\"")) }
        guard case .record(let problem) = fixture.fault(twice) else {
            Issue.record("accepted")
            return
        }
        #expect(problem.contains("'name' stands twice"))
        #expect(fixture.fault(fixture.record { $0.append(("sum", "\"\"")) }) != nil)
    }

    @Test(
        "start stands at 0, aborted at 1, and nothing else does: what is out of its place is neither written nor read",
        arguments: 0...3)
    func places(n: Int) throws {
        let start = SnapshotRecord.Event.start(.init(cluster: "c", node: "n", source: "s", base: nil, keyLogPosition: 0))
        let noPlace = FormatError.record("member 'kind' has no place at number \(n)")
        let places: [(SnapshotRecord.Event, ClosedRange<Int>)] = [
            (start, 0...0), (.aborted(reason: ""), 1...1), (.deleting, 2...3), (.hold("audit"), 2...3),
            (.unknown(kind: "x"), 2...3),
        ]
        for (event, place) in places {
            let bytes = try fixture.encode(event, n: place.lowerBound)
            let moved = fixture.moved(bytes, from: place.lowerBound, to: n)
            #expect(fixture.fault(moved, n: n) == (place.contains(n) ? nil : noPlace))
            guard place.contains(n) else {
                #expect(throws: noPlace) { try fixture.encode(event, n: n) }
                continue
            }
            #expect(try fixture.encode(event, n: n) == moved)
        }
    }

    @Test("every changed byte, cut and added byte is refused")
    func tampering() throws {
        let bytes = try fixture.encode(.expiry(fixture.at, byPolicy: false), n: 2)
        for index in bytes.indices {
            for mask in [UInt8(0x01), 0x20, 0x80] {
                var changed = bytes
                changed[index] ^= mask
                #expect(fixture.fault(changed) != nil, "byte \(index) ^ \(mask)")
            }
            #expect(fixture.fault(Array(bytes[..<index])) != nil, "cut to \(index)")
        }
        #expect(fixture.fault(bytes + Array("\n".utf8)) != nil)
    }

    @Test("the sum is the last member in exactly one spelling", arguments: ["\"sum\": ", "\"su\\u006d\":"])
    func sumSpelling(name: String) {
        let text = String(decoding: fixture.record { _ in }.dropLast(73), as: UTF8.self)
        let sum = SHA256.hash(Array(text.utf8).span)
        #expect(fixture.fault(Array("\(text)\(name)\"\(sum)\"}".utf8)) == .record("member 'sum' does not match"))
    }

    @Test("W22: a record over 64 KiB is refused before it is read, and none is written")
    func tooLong() throws {
        let long = String(repeating: "x", count: 64 << 10)
        let refused = fixture.fault(fixture.record("name", "\"\(long)\""))
        #expect(refused.map(ManifestFault.init) == .limit)
        #expect(try fixture.fault(fixture.encode(.damaged(detail: long), n: 2)) == nil)
        #expect(try fixture.fault(fixture.encode(.aborted(reason: long), n: 1), n: 1) == nil)
        let error = #expect(throws: FormatError.self) { try fixture.encode(.hold(long), n: 2) }
        #expect(error.map(ManifestFault.init) == .limit)
    }

    @Test("a record of a snapshot's log does not pass for one of the key log, nor the other way round")
    func otherLog() throws {
        let record = KeyRecord(n: 2, at: fixture.at, by: "", event: .barrier)
        let key = try KeyRecordCodec.encode(record, repository: fixture.repository, prev: fixture.prev)
        #expect(fixture.fault(key) == .wrongSnapshot)
        let snapshot = try fixture.encode(.sound, n: 2)
        #expect(throws: FormatError.wrongSnapshot) {
            try KeyRecordCodec.decode(snapshot, repository: fixture.repository, n: 2, prev: fixture.prev)
        }
    }

    @Test("a chain of records breaks where one is left out, exchanged or changed")
    func chain() throws {
        var log: [[UInt8]] = []
        for n in 0..<4 {
            let record = KeyRecord(n: n, at: fixture.at + Int64(n), by: "", event: .barrier)
            let prev = log.last.map { SHA256.hash($0.span) }
            log.append(try KeyRecordCodec.encode(record, repository: fixture.repository, prev: prev))
        }
        #expect(chainFault(log) == nil)
        #expect(chainFault([log[0], log[2], log[3]]) == .record("member 'n' is not its number"))
        var changed = log
        let other = KeyRecord(n: 1, at: fixture.at, by: "", event: .retire(fixture.cmk))
        let first = log[0]
        changed[1] = try KeyRecordCodec.encode(other, repository: fixture.repository, prev: SHA256.hash(first.span))
        #expect(chainFault(changed) == .record("member 'prev' does not match the record before"))
    }

    @Test("aborted is told from a manifest by its first byte")
    func firstByte() throws {
        #expect(try SnapshotRecordCodec.isRecord(fixture.encode(.aborted(reason: ""), n: 1)))
        #expect(!SnapshotRecordCodec.isRecord(Array("HOLDFAST".utf8)))
        #expect(!SnapshotRecordCodec.isRecord([]))
    }

    private func chainFault(_ log: [[UInt8]]) -> FormatError? {
        do throws(FormatError) {
            var prev: Digest?
            for (n, bytes) in log.enumerated() {
                _ = try KeyRecordCodec.decode(bytes, repository: fixture.repository, n: n, prev: prev)
                prev = SHA256.hash(bytes.span)
            }
            return nil
        } catch {
            return error
        }
    }

    private func roundTrip(_ event: SnapshotRecord.Event, n: Int) throws -> SnapshotRecord.Event {
        let record = try fixture.decode(fixture.encode(event, n: n), n: n)
        #expect(record.n == n && record.at == fixture.at && record.by == "db-1")
        return record.event
    }
}

@Suite("The repository object")
struct RecordRepositoryTests {
    @Test("comes back")
    func roundTrip() throws {
        let created = try #require(Timestamp("2027-01-31T18:00:00Z"))
        let description = RepositoryDescription(repository: Random.id(), created: created)
        #expect(try RepositoryDescription(parsing: description.encoded) == description)
    }

    @Test(
        "what is no repository of this format is refused",
        arguments: [
            ("{\"format\":2}", FormatError.newerFormat),
            ("{\"format\":1}", .json("member 'repository' is missing")),
            ("{\"format\":1,\"repository\":\"00\"}", .json("member 'repository' is not an id of 32 hex digits")),
            ("{}", .json("member 'format' is missing")),
            ("[]", .json("this is not a JSON object at byte 0")),
        ] as [(String, FormatError)])
    func refused(text: String, error: FormatError) {
        #expect(throws: error) { try RepositoryDescription(parsing: Array(text.utf8)) }
    }
}
