import HoldfastAWS
import HoldfastModel
import HoldfastTesting
import HoldfastTestingAWS
import Testing

@Suite("S3 holds what the port promises")
struct S3ConformanceTests {
    @Test("against the strict fake", arguments: ObjectStoreConformance.sentences)
    func fake(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await S3Fixture.run { fixture in try await sentence.holds(try fixture.store()) }
    }

    @Test("in parts, and in pages of three", arguments: ObjectStoreConformance.sentences)
    func small(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.setPageLength(3)
            try await sentence.holds(try fixture.store("s3://vault", change: S3Fixture.smallParts))
        }
    }

    @Test("where each listing begins with an empty page that is not the last", arguments: ObjectStoreConformance.sentences)
    func emptyPages(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await S3Fixture.run { fixture in
            fixture.fake.beginWithEmptyPages()
            fixture.fake.setPageLength(3)
            try await sentence.holds(try fixture.store())
        }
    }

    @Test("a listing whose pages never end is given up, and never taken for whole")
    func endless() async throws {
        try await S3Fixture.run { fixture in
            let store = try fixture.store()
            try await store.create(.record(0, of: S3Fixture.id(1)), [1])
            try await store.create(.keyRecord(0), [1])
            fixture.fake.neverEndListings()
            for prefix in [ObjectPrefix.keys, .snapshots] {
                let error = await #expect(throws: StoreError.self) { _ = try await store.list(prefix) }
                guard case .unavailable(_, let detail) = error else {
                    Issue.record("\(prefix): \(String(describing: error))")
                    continue
                }
                #expect(detail.contains("does not end"), "\(detail)")
            }
        }
    }

    @Test("against moto", .enabled(if: S3Witness.moto != nil), arguments: ObjectStoreConformance.sentences)
    func moto(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await S3Witness.moto?.run { store in try await sentence.holds(store) }
    }

    @Test("against moto, in parts", .enabled(if: S3Witness.moto != nil), arguments: ObjectStoreConformance.sentences)
    func motoInParts(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await S3Witness.moto?.run(change: S3Witness.leastParts) { store in try await sentence.holds(store) }
    }

    @Test("against Ceph", .enabled(if: S3Witness.ceph != nil), arguments: ObjectStoreConformance.sentences)
    func ceph(_ sentence: ObjectStoreConformance.Sentence) async throws {
        try await S3Witness.ceph?.run { store in try await sentence.holds(store) }
    }
}
