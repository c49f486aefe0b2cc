import HoldfastAWS
import HoldfastCrypto
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

    @Test(
        "list more logs and owners than a page holds without a gap, also where sixteen listings share them", arguments: witnesses)
    func longListings(witness: S3Witness) async throws {
        try await witness.run { store in
            let ids = (0..<1_050).compactMap(Self.scattered)
            let sum = SHA256.hash([1].span)
            let names = ids.map { ObjectName.record(0, of: $0) } + ids.map { ObjectName.pack(sum, of: $0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, name) in names.enumerated() {
                    if index >= 16 { try await group.next() }
                    group.addTask { try await store.create(name, [1]) }
                }
                try await group.waitForAll()
            }
            #expect(try await store.list(.snapshots).map(\.name) == names.prefix(ids.count).sorted())
            #expect(try await store.listPackOwners() == ids.sorted())
        }
    }

    /// Ids all over their range, two to a first byte or more.
    private static func scattered(_ number: Int) -> SnapshotID? {
        let word = UInt64(number &+ 1) &* 0x9e37_79b9_7f4a_7c15
        return SnapshotID(bytes: (word.bigEndianBytes + word.bigEndianBytes).span)
    }

    @Test("moto locks what it is asked to, in parts as well, and moves a lock later", .enabled(if: S3Witness.moto != nil))
    func locks() async throws {
        let witness = try #require(S3Witness.moto)
        try await witness.run(locksObjects: true) {
            S3Witness.leastParts(&$0)
            $0.objectLock = .governance
        } _: { store in
            try await store.probe()
            let until = try await store.now() + 86_400
            try await store.locking(until: until).create(S3Fixture.record, [1])
            try await store.locking(until: until).create(S3Fixture.pack, [UInt8](pseudorandomCount: 6_000_000))
            for date in [until + -60, until + 60] { try await store.lock([S3Fixture.record, S3Fixture.pack], until: date) }
            try await store.delete(S3Fixture.record)
            #expect(try await store.stat(S3Fixture.record) == nil)
        }
        try await witness.run(change: { $0.objectLock = .governance }) { store in
            guard case .unsuitable = await storeError({ () throws(StoreError) in try await store.probe() }) else {
                Issue.record("a bucket that locks nothing"); return
            }
        }
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
