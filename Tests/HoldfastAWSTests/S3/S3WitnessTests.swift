import HoldfastAWS
import HoldfastModel
import Testing

@Suite("Servers that nobody here wrote")
struct S3WitnessTests {
    static let witnesses = [S3Witness.moto, S3Witness.ceph].compactMap(\.self)

    @Test("take long packs in parts, and give them back in ranges", arguments: witnesses)
    func longPack(witness: S3Witness) async throws {
        try await witness.run(change: S3Witness.leastParts) { store in
            let bytes = [UInt8](pseudorandomCount: 12_000_001)
            try await store.create(S3Fixture.pack, bytes)
            #expect(try await store.read(S3Fixture.pack) == bytes)
            #expect(try await store.read(S3Fixture.pack, range: 17..<11_999_999) == Array(bytes[17..<11_999_999]))
            #expect(try await store.stat(S3Fixture.pack)?.byteCount == bytes.count)
        }
    }

    @Test("list more logs than a page holds without a gap, also where sixteen listings share them", arguments: witnesses)
    func manyLogs(witness: S3Witness) async throws {
        try await witness.run { store in
            let names = (0...255).flatMap { owner in (0...4).map { ObjectName.record($0, of: S3Fixture.id(UInt8(owner))) } }
            await withTaskGroup(of: StoreError?.self) { group in
                for (index, name) in names.enumerated() {
                    if index >= 16, let error = await group.next() { #expect(error == nil) }
                    group.addTask { await storeError { () throws(StoreError) in try await store.create(name, [1]) } }
                }
            }
            try await store.create(.pack(Self.sum, of: S3Fixture.id(1)), [1])
            #expect(try await store.list(.snapshots).map(\.name) == names.sorted())
            #expect(try await store.listPackOwners() == [S3Fixture.id(1)])
        }
    }

    private static var sum: Digest {
        guard let sum = Digest(bytes: [UInt8](repeating: 1, count: 32).span) else { preconditionFailure("32 bytes") }
        return sum
    }

    @Test("say that a bucket is missing, not that an object is", arguments: witnesses)
    func noBucket(witness: S3Witness) async throws {
        try await witness.run(isMissing: true) { store in
            for call in StoreCall.allCases {
                guard case .noRepository = await call.error(on: store) else {
                    Issue.record("a bucket that is not there"); continue
                }
            }
        }
    }
}

extension [UInt8] {
    /// So many bytes that do not repeat soon.
    fileprivate init(pseudorandomCount count: Int) {
        self.init()
        reserveCapacity(count)
        var state: UInt64 = 1
        for _ in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            append(UInt8(truncatingIfNeeded: state >> 56))
        }
    }
}
