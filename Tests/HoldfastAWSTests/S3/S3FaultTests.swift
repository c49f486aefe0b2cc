import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("What S3 does not answer well")
struct S3FaultTests {
    private static let record = S3Fixture.record
    private static let pack = S3Fixture.pack

    @Test(
        "what the server says that it did not do is asked for again",
        arguments: [
            ("SlowDown", 503), ("ServiceUnavailable", 503), ("TooManyRequests", 429), ("RequestTimeout", 400), ("BadDigest", 400),
            ("XAmzContentSHA256Mismatch", 400), ("ConditionalRequestConflict", 409),
        ])
    func passing(code: String, status: Int) async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.plan("PutObject", .refuse(code: code, status: status), .refuse(code: code, status: status))
            try await fixture.store().create(Self.record, [1])
            #expect(fixture.fake.log == ["PutObject", "PutObject", "PutObject"])
            #expect(fixture.pauses.recorded.count == 2)
        }
    }

    @Test(
        "a record's create whose outcome is unknown is not asked for again, and called unclear",
        arguments: [
            .loseAnswer, .hangUp, .refuse(code: "InternalError", status: 500), .refuse(code: "", status: 502),
            .doAndRefuse(code: "InternalError", status: 500), .refuse(code: "", status: 503),
        ] as [FakeS3.Fault])
    func unclear(fault: FakeS3.Fault) async throws {
        try await S3Fixture.run { fixture in
            for name in [Self.record, .record(0, of: S3Fixture.id(1)), .keyRecord(3), .checkpoint(S3Fixture.id(1)), .repository] {
                fixture.fake.plan("PutObject", fault)
                let store = try fixture.store()
                #expect(await storeError { () throws(StoreError) in try await store.create(name, [1]) } == .unclear(name))
            }
            #expect(fixture.fake.log == Array(repeating: "PutObject", count: 5))
        }
    }

    @Test("an answer that does not come in time is a lost one: a record is unclear, a pack is settled, a look is repeated")
    func silence() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            fixture.fake.plan("PutObject", .silence, .silence)
            #expect(await StoreCall.create.error(on: store) == .unclear(Self.record))
            #expect(try await store.read(Self.record) == [1])
            try await store.create(Self.pack, S3Fixture.long)
            fixture.fake.plan("ListObjectsV2", .silence)
            #expect(try await store.list(.snapshots).map(\.name) == [Self.record])
            #expect(fixture.fake.log.filter { $0 == "PutObject" }.count == 2)
            #expect(fixture.fake.isPlanExhausted)
        }
    }

    @Test("a conflict that does not end is unclear", arguments: [Self.record, Self.pack])
    func conflict(name: ObjectName) async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.setRule(.refuse(code: "ConditionalRequestConflict", status: 409))
            let store = try fixture.store()
            #expect(await storeError { () throws(StoreError) in try await store.create(name, [1]) } == .unclear(name))
        }
    }

    @Test("a pack's upload whose answer was lost is settled by reading, and done once")
    func settled() async throws {
        try await S3Fixture.run { fixture in
            for (fault, log) in [
                (.loseAnswer, ["PutObject", "GetObject"]),
                (.doAndRefuse(code: "InternalError", status: 500), ["PutObject", "GetObject"]),
                (.hangUp, ["PutObject", "GetObject", "PutObject"]),
            ] as [(FakeS3.Fault, [String])] {
                let before = fixture.fake.log.count
                fixture.fake.plan("PutObject", fault)
                let store = try fixture.store()
                try await store.create(Self.pack, S3Fixture.long)
                #expect(Array(fixture.fake.log[before...]) == log)
                #expect(try await store.read(Self.pack) == S3Fixture.long)
                try await store.delete(Self.pack)
            }
        }
    }

    @Test("a pack's upload is not taken for done where other bytes stand, or where nothing can be read")
    func unsettled() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            fixture.fake.place("shop/\(Self.pack)", [7])
            fixture.fake.plan("PutObject", .hangUp)
            #expect(
                await storeError { () throws(StoreError) in try await store.create(Self.pack, [1]) } == .exists(Self.pack))
            fixture.fake.plan("PutObject", .hangUp)
            fixture.fake.plan("GetObject", .hangUp, .hangUp, .hangUp)
            #expect(
                await storeError { () throws(StoreError) in try await store.create(Self.pack, [1]) } == .unclear(Self.pack))
            #expect(fixture.fake.isPlanExhausted)
        }
    }

    @Test("an answer that breaks off is asked for again")
    func truncated() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store(change: S3Fixture.smallParts)
            fixture.fake.place("shop/\(Self.pack)", S3Fixture.long)
            fixture.fake.plan("GetObject", .truncate)
            #expect(try await store.read(Self.pack) == S3Fixture.long)
            fixture.fake.plan("GetObject", .truncate, .truncate)
            #expect(try await store.read(Self.pack, range: 5..<150_000) == Array(S3Fixture.long[5..<150_000]))
            fixture.fake.plan("ListObjectsV2", .truncate)
            #expect(try await store.list(.packs(of: S3Fixture.id(1))).count == 1)
            #expect(fixture.fake.isPlanExhausted)
        }
    }

    @Test("bytes that do not have the sum that the server says are read again, and are damage when they stay so")
    func checksums() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            try await store.create(Self.record, [1, 2, 3])
            fixture.fake.plan("GetObject", .corrupt)
            #expect(try await store.read(Self.record) == [1, 2, 3])
            fixture.fake.tamper("shop/\(Self.record)") { $0[0] = 9 }
            let error = await storeError { () throws(StoreError) in _ = try await store.read(Self.record) }
            guard case .damaged(Self.record, _) = error else { Issue.record("\(String(describing: error))"); return }
        }
    }

    @Test("deletes, listings and looks are asked for again after any failure that passes")
    func repeated() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            try await store.create(Self.record, [1])
            for (operation, call) in [
                ("HeadObject", .stat), ("ListObjectsV2", .list), ("PutObject", .replace), ("DeleteObject", .delete),
            ] as [(String, StoreCall)] {
                fixture.fake.plan(operation, .loseAnswer, .refuse(code: "InternalError", status: 500))
                #expect(await call.error(on: store) == nil, "\(operation)")
            }
            #expect(fixture.fake.isPlanExhausted)
        }
    }
}
