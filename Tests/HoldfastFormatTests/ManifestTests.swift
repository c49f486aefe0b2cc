import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Manifests")
struct ManifestTests {
    private let fixture: ContainerFixture

    init() throws { fixture = try ContainerFixture() }

    @Test("everything that was sealed comes back")
    func roundTrip() throws {
        let parent = ManifestBody.Parent(id: Random.id(), clearDigest: fixture.start)
        let origin = ManifestBody.Origin(repository: Random.id(), snapshot: Random.id())
        let source = fixture.source()
        let use = PackUse(liveByteCount: 1 << 20, written: fixture.time, keptUntil: fixture.time + 86_400)
        let uses: [UInt32: PackUse] = [
            2: use, 5: use, 7: PackUse(liveByteCount: 0, written: fixture.time + 1, keptUntil: fixture.time),
        ]
        let sealed = ManifestBody(
            packKeys: fixture.packKeys(), lineage: Lineage(cutting: .blocks).next(), nextPackNumber: 9, parent: parent,
            source: source, barrier: 3, copiedFrom: origin, packUses: uses)
        var header = fixture.header
        (header.expires, header.base, header.barrier) = (nil, parent.id, 3)
        let bytes = try Manifest.seal(
            header: header, body: sealed, repository: fixture.repository, snapshot: fixture.snapshot, key: fixture.key)
        let clear = try Manifest.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        #expect(clear.header == header)
        #expect(clear.container.isSound)
        #expect(clear.sum.bytes == Array(bytes.suffix(32)))
        let opened = try Manifest.open(clear, key: fixture.key)
        #expect(opened.parent == parent)
        #expect(opened.copiedFrom == origin)
        #expect(opened.packUses == uses)
        #expect(opened.source == source)
        #expect(opened.barrier == 3)
        #expect(opened.nextPackNumber == 9)
        #expect(opened.lineage.id == sealed.lineage.id)
        #expect(opened.lineage.sequence == 1)
        #expect(opened.lineage.cutting == .blocks)
        #expect(opened.lineage.sizes == .database)
        let isSameHashKey = ConstantTime.equal(opened.lineage.hashKey.bytes, sealed.lineage.hashKey.bytes)
        let isSameCutKey = ConstantTime.equal(opened.lineage.cutKey.bytes, sealed.lineage.cutKey.bytes)
        #expect(isSameHashKey)
        #expect(isSameCutKey)
    }

    @Test("the packs stand in the clear, ascending, and each number keeps its key")
    func packs() throws {
        let sealed = fixture.body()
        let bytes = try Manifest.seal(
            header: fixture.header, body: sealed, repository: fixture.repository, snapshot: fixture.snapshot, key: fixture.key)
        let clear = try Manifest.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        #expect(clear.packs.map(\.id) == clear.packs.map(\.id).sorted())
        #expect(clear.packs.count == 3)
        let opened = try Manifest.open(clear, key: fixture.key)
        for number in [UInt32(2), 5, 7] {
            #expect(opened.packKeys.entry(number) == sealed.packKeys.entry(number))
            #expect(keyBytes(opened, number) == keyBytes(sealed, number))
        }
        #expect(keyBytes(opened, 3) == nil)
    }

    @Test("W22: a manifest whose header no reader takes is not written")
    func longHeader() throws {
        var header = fixture.header
        header.tags = [String(repeating: "x", count: 1 << 20)]
        let error = #expect(throws: FormatError.self) {
            try Manifest.seal(
                header: header, body: fixture.body(), repository: fixture.repository, snapshot: fixture.snapshot, key: fixture.key
            )
        }
        #expect(error.map(ManifestFault.init) == .limit)
    }

    @Test("keys stay with their numbers when the arena grows")
    func manyPacks() {
        var packKeys = PackKeys()
        for number in UInt32(0)..<1000 {
            let id = SHA256.hash(number.bigEndianBytes.span)
            packKeys.add(PackEntry(id: id, owner: fixture.snapshot, byteCount: 1), number: number, key: id.bytes.span)
        }
        for number in UInt32(0)..<1000 {
            let isItsKey = packKeys.withKey(number) { Digest(bytes: $0) == SHA256.hash(number.bigEndianBytes.span) }
            #expect(isItsKey == true)
        }
    }

    @Test("the manifest of another snapshot or repository, or under another key, is refused")
    func others() throws {
        let bytes = try fixture.manifest()
        let other = try ContainerFixture()
        #expect(throws: FormatError.wrongRepository) {
            try Manifest.parse(bytes, repository: other.repository, snapshot: fixture.snapshot)
        }
        #expect(throws: FormatError.wrongSnapshot) {
            try Manifest.parse(bytes, repository: fixture.repository, snapshot: other.snapshot)
        }
        let clear = try Manifest.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        #expect(throws: FormatError.commitment) { _ = try Manifest.open(clear, key: other.key) }
    }

    @Test("a manifest that is given another snapshot's id does not open")
    func renamed() throws {
        var bytes = try fixture.manifest()
        bytes.replaceSubrange(36..<52, with: Random.bytes(16))
        let renamed = withSum(bytes)
        #expect(fixture.fault(renamed) == .wrongSnapshot)
        let id = SnapshotID(bytes: renamed.span.extracting(36..<52))
        #expect(throws: FormatError.commitment) {
            let clear = try Manifest.parse(renamed, repository: fixture.repository, snapshot: #require(id))
            _ = try Manifest.open(clear, key: fixture.key)
        }
    }

    @Test("clear part and body of two manifests under one id and key do not mix")
    func mixed() throws {
        let (first, second) = try (fixture.manifest(), fixture.manifest())
        let regions = ContainerRegions(first)
        let mixed = first[..<regions.mac.upperBound] + second[regions.body.lowerBound...]
        #expect(first.count == second.count)
        #expect(fixture.fault(withSum(Array(mixed))) == .bodyTampered(frame: 0))
    }

    private func keyBytes(_ body: borrowing ManifestBody, _ number: UInt32) -> [UInt8]? {
        body.packKeys.withKey(number) { key in
            var bytes: [UInt8] = []
            bytes.append(contentsOf: key)
            return bytes
        }
    }
}
