import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("S3 servers are tried before anything is entrusted to them")
struct S3ProbeTests {
    @Test("the strict fake passes, and nothing is left there")
    func fake() async throws {
        try await S3Fixture.run { fixture in
            try await fixture.store().probe()
            #expect(fixture.fake.keys == [])
        }
    }

    @Test("one that reads over the condition is refused with the reason")
    func ignoring() async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.ignoreConditions()
            let store = try fixture.store()
            let error = await storeError { () throws(StoreError) in try await store.probe() }
            #expect(
                error
                    == .unsuitable(
                        "s3://vault/shop",
                        detail: "it created an object that was there already: no two writers would be safe from each other there")
            )
        }
    }

    @Test("one that says that it knows no conditions is refused too")
    func notImplemented() async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.plan("PutObject", .refuse(code: "NotImplemented", status: 501))
            let store = try fixture.store()
            let error = await storeError { () throws(StoreError) in try await store.probe() }
            guard case .unsuitable("s3://vault/shop", _) = error else { Issue.record("\(String(describing: error))"); return }
        }
    }

    @Test("moto passes", .enabled(if: S3Witness.moto != nil))
    func moto() async throws {
        try await S3Witness.moto?.run { store in try await store.probe() }
    }

    @Test("Ceph passes", .enabled(if: S3Witness.ceph != nil))
    func ceph() async throws {
        try await S3Witness.ceph?.run { store in try await store.probe() }
    }

    @Test("a versioned bucket of Ceph, where conditions are read over, is refused", .enabled(if: S3Witness.ceph != nil))
    func versioned() async throws {
        try await S3Witness.ceph?.run(isVersioned: true) { store in
            let error = await storeError { () throws(StoreError) in try await store.probe() }
            guard case .unsuitable(_, let detail) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(detail.contains("versioning is on"))
        }
    }

    @Test("rclone, which knows no conditions, is refused", .enabled(if: S3Witness.rclone != nil))
    func rclone() async throws {
        try await S3Witness.rclone?.run { store in
            let error = await storeError { () throws(StoreError) in try await store.probe() }
            guard case .unsuitable = error else { Issue.record("\(String(describing: error))"); return }
        }
    }
}
