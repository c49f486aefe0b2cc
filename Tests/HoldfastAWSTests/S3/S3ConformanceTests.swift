import HoldfastAWS
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
