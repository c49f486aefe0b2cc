import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("S3 Object Lock")
struct S3LockTests {
    private static func key(_ name: ObjectName) -> String { "shop/\(name)" }

    private static func locking(
        _ mode: S3Settings.LockMode = .compliance, _ body: (S3Fixture, S3Store, Timestamp) async throws -> Void
    ) async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.switchOnObjectLock()
            let store = try fixture.store {
                $0.objectLock = mode
                S3Fixture.smallParts(&$0)
            }
            try await body(fixture, store, fixture.clock.now + 30 * 86_400)
        }
    }

    @Test(
        "a record, a pack and a pack in parts are created locked, in the mode that is asked for",
        arguments: [
            S3Settings.LockMode.compliance, .governance,
        ])
    func created(mode: S3Settings.LockMode) async throws {
        try await Self.locking(mode) { fixture, store, until in
            let locking = store.locking(until: until)
            try await locking.create(S3Fixture.record, [1])
            try await locking.create(S3Fixture.pack, S3Fixture.long)
            for name in [S3Fixture.record, S3Fixture.pack] {
                let lock = try #require(fixture.fake.lock(on: Self.key(name)))
                #expect(lock == (mode.rawValue.uppercased(), until))
            }
            #expect(fixture.fake.log.contains("CreateMultipartUpload"))
        }
    }

    @Test("a checkpoint is not locked, nor what is created without a date or for one that has passed")
    func unlocked() async throws {
        try await Self.locking { fixture, store, until in
            let checkpoint = ObjectName.checkpoint(S3Fixture.id(1))
            try await store.locking(until: until).replace(checkpoint, [1])
            try await store.create(S3Fixture.record, [1])
            try await store.locking(until: fixture.clock.now).create(S3Fixture.pack, [1])
            #expect([checkpoint, S3Fixture.record, S3Fixture.pack].allSatisfy { fixture.fake.lock(on: Self.key($0)) == nil })
        }
    }

    @Test("a store that is not asked to lock asks nothing of the bucket")
    func off() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            try await store.probe()
            try await store.locking(until: fixture.clock.now + 60).create(S3Fixture.record, [1])
            try await store.lock([S3Fixture.record], until: fixture.clock.now + 60)
            #expect(!fixture.fake.log.contains { $0.contains("Lock") || $0.contains("Retention") })
        }
    }

    @Test("a lock moves later and never earlier, and one that stands is made no less strict")
    func extended() async throws {
        try await Self.locking(.compliance) { fixture, store, until in
            try await store.locking(until: until).create(S3Fixture.record, [1])
            try await store.create(S3Fixture.pack, [1])
            let lax = try fixture.store { $0.objectLock = .governance }
            let names = [S3Fixture.record, S3Fixture.pack]
            try await lax.lock(names, until: until + -86_400)
            #expect(try #require(fixture.fake.lock(on: Self.key(S3Fixture.record))) == ("COMPLIANCE", until))
            #expect(try #require(fixture.fake.lock(on: Self.key(S3Fixture.pack))) == ("GOVERNANCE", until + -86_400))
            try await lax.lock(names, until: until + 86_400)
            #expect(try #require(fixture.fake.lock(on: Self.key(S3Fixture.record))) == ("COMPLIANCE", until + 86_400))
            #expect(try #require(fixture.fake.lock(on: Self.key(S3Fixture.pack))) == ("GOVERNANCE", until + 86_400))
            // Asked once more it has nothing to do.
            let count = fixture.fake.log.count { $0 == "PutObjectRetention" }
            try await lax.lock(names, until: until)
            #expect(fixture.fake.log.count { $0 == "PutObjectRetention" } == count)
        }
    }

    @Test("a lock in mode governance does not pass for one in mode compliance; one that has lapsed is made anew")
    func stricter() async throws {
        try await Self.locking(.governance) { fixture, store, until in
            try await store.locking(until: until).create(S3Fixture.record, [1])
            let strict = try fixture.store { $0.objectLock = .compliance }
            #expect(try await store.locks(S3Fixture.record, until: until))
            #expect(try await !store.locks(S3Fixture.record, until: until + 1))
            #expect(try await !strict.locks(S3Fixture.record, until: until))
            let error = await storeError { () throws(StoreError) in try await strict.lock([S3Fixture.record], until: until) }
            #expect("\(String(describing: error))".contains("governance"))
            fixture.clock.advance(bySeconds: 31 * 86_400)
            let next = until + 60 * 86_400
            try await strict.lock([S3Fixture.record], until: next)
            #expect(try #require(fixture.fake.lock(on: Self.key(S3Fixture.record))) == ("COMPLIANCE", next))
        }
    }

    @Test("whoever may not read an object sees its lock all the same; who sees neither is told the right that is missing")
    func unread() async throws {
        try await Self.locking { fixture, store, until in
            try await store.locking(until: until).create(S3Fixture.record, [1])
            fixture.fake.plan(
                "HeadObject", .refuse(code: "AccessDenied", status: 403), .refuse(code: "AccessDenied", status: 403))
            #expect(try await store.locks(S3Fixture.record, until: until))
            fixture.fake.plan("GetObjectRetention", .refuse(code: "AccessDenied", status: 403))
            let error = await storeError { () throws(StoreError) in _ = try await store.locks(S3Fixture.record, until: until) }
            #expect("\(String(describing: error))".contains("s3:GetObjectRetention"))
        }
    }

    @Test("an object that is not there is named; a refusal says which right is missing")
    func refused() async throws {
        try await Self.locking { fixture, store, until in
            #expect(
                await storeError { () throws(StoreError) in try await store.lock([S3Fixture.pack], until: until) }
                    == .notFound(S3Fixture.pack))
            try await store.create(S3Fixture.pack, [1])
            fixture.fake.plan("PutObjectRetention", .refuse(code: "AccessDenied", status: 403))
            let error = await storeError { () throws(StoreError) in try await store.lock([S3Fixture.pack], until: until) }
            guard case .denied(let place, let detail) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(place.contains(S3Fixture.pack.text))
            #expect(detail.contains("s3:PutObjectRetention"), "\(detail)")
        }
    }

    @Test("a bucket without Object Lock is refused when it is tried, and when something is created in it")
    func noLock() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store { $0.objectLock = .compliance }
            let until = fixture.clock.now + 60
            for error in [
                await storeError { () throws(StoreError) in try await store.probe() },
                await storeError { () throws(StoreError) in try await store.locking(until: until).create(S3Fixture.record, [1]) },
            ] {
                guard case .unsuitable(_, let detail) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(detail.contains("no Object Lock"))
            }
            #expect(fixture.fake.keys.isEmpty)
        }
    }

    @Test("who deletes a locked object hides it: the version stays")
    func hidden() async throws {
        try await Self.locking { fixture, store, until in
            try await store.locking(until: until).create(S3Fixture.record, [1])
            try await store.delete(S3Fixture.record)
            #expect(try await store.stat(S3Fixture.record) == nil)
            #expect(fixture.fake.hiddenKeys == [Self.key(S3Fixture.record)])
        }
    }
}
