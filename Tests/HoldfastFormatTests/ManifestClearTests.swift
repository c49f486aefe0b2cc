import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("The clear part of a manifest")
struct ManifestClearTests {
    private let fixture: ContainerFixture
    private let manifest: [UInt8]
    private let regions: ContainerRegions

    init() throws {
        fixture = try ContainerFixture()
        manifest = try fixture.manifest()
        regions = ContainerRegions(manifest)
    }

    @Test("the header has exactly the members of the format, in their order")
    func members() throws {
        let names = try JSONObject.parse(header).members.map(\.name)
        #expect(
            names == [
                "start", "cluster", "node", "source", "time", "started", "finished", "expires", "items", "label", "tags", "base",
                "barrier", "key_log", "bytes", "files", "incomplete", "envelopes", "tool", "critical",
            ])
    }

    @Test("until when the store keeps it stands in the header, where it does")
    func lock() throws {
        let lock = try changedHeader {
            $0.append(.init("lock", ["until": "2027-01-31T18:00:00Z", "packs": "2027-02-01T18:00:00Z"]))
        }
        let read = try parse(ContainerForge(header: lock)).header
        let (until, packs) = (Timestamp("2027-01-31T18:00:00Z"), Timestamp("2027-02-01T18:00:00Z"))
        #expect(read.lock == SnapshotLock(until: try #require(until), packsUntil: try #require(packs)))
        let half = try changedHeader { $0.append(.init("lock", ["until": "2027-01-31T18:00:00Z"])) }
        #expect(fault(ContainerForge(header: half)).map(ManifestFault.init) == .json)
    }

    @Test("a header may say more, as long as it does not call that critical")
    func unknownMember() throws {
        let header = try changedHeader { $0.append(.init("colour", "red")) }
        #expect(try parse(ContainerForge(header: header)).header == fixture.header)
    }

    @Test(
        "a critical member that this version does not know makes the manifest one of a newer format",
        arguments: [(JSONValue.array(["colour"]), true), (["time"], false), ([], false)] as [(JSONValue, Bool)])
    func critical(names: JSONValue, isNewer: Bool) throws {
        let header = try changedHeader { members in
            members.removeAll { $0.name == "critical" }
            members.append(.init("critical", names))
        }
        #expect((fault(ContainerForge(header: header)) == .newerFormat) == isNewer)
    }

    @Test("W25: a member twice is refused")
    func duplicate() {
        let twice = Array("{\"files\":1,".utf8) + header.dropFirst()
        #expect(fault(ContainerForge(header: twice)).map(ManifestFault.init) == .json)
    }

    @Test(
        "a member that is missing or of another form is refused",
        arguments: ["start", "cluster", "time", "key_log", "bytes", "envelopes", "tags", "critical"])
    func wrongMember(name: String) throws {
        let missing = try changedHeader { $0.removeAll { $0.name == name } }
        let other = try changedHeader { members in members = members.map { $0.name == name ? .init(name, true) : $0 } }
        #expect(fault(ContainerForge(header: missing)) == .json("header: member '\(name)' is missing"))
        #expect(fault(ContainerForge(header: other)).map(ManifestFault.init) == .json)
    }

    @Test("negative counts are refused")
    func negative() throws {
        let header = try changedHeader { members in members = members.map { $0.name == "files" ? .init("files", -1) : $0 } }
        #expect(fault(ContainerForge(header: header)) == .json("header: member 'files' is negative"))
    }

    @Test(
        "sizes beyond the limits are refused before anything is read by them",
        arguments: [(12, UInt32(1 << 20) + 1), (16, UInt32(1 << 22) + 1), (12, .max), (16, .max)])
    func limits(offset: Int, value: UInt32) {
        var bytes = manifest
        bytes.replaceSubrange(offset..<(offset + 4), with: value.bigEndianBytes)
        #expect(fixture.fault(bytes).map(ManifestFault.init) == .limit)
    }

    @Test("W22: sizes within the limits that the object cannot hold are truncated, not read", arguments: [12, 16])
    func promises(offset: Int) {
        var bytes = manifest
        bytes.replaceSubrange(offset..<(offset + 4), with: UInt32(1 << 20).bigEndianBytes)
        #expect(fixture.fault(bytes) == .truncated)
    }

    @Test("W22: more owners than the limit are refused")
    func ownerLimit() {
        var bytes = manifest
        bytes.replaceSubrange(
            regions.header.upperBound..<(regions.header.upperBound + 4), with: UInt32((1 << 20) + 1).bigEndianBytes)
        #expect(fixture.fault(bytes).map(ManifestFault.init) == .limit)
    }

    @Test("a later version is named as such, whatever else it holds")
    func laterVersion() {
        var bytes = manifest
        bytes[8] = 2
        bytes.replaceSubrange(12..<16, with: [255, 255, 255, 255])
        #expect(fixture.fault(bytes) == .newerFormat)
    }

    @Test("rows out of order, twice, or of no owner are refused")
    func rows() {
        let (a, b) = (row(1, owner: 0), row(2, owner: 0))
        #expect(fault(owners: [[1]], rows: [a, b]) == nil)
        #expect(fault(owners: [[1]], rows: [b, a]) == .packTableOrder)
        #expect(fault(owners: [[1]], rows: [a, a]) == .packTableOrder)
        #expect(fault(owners: [[1]], rows: [a, row(2, owner: 1)]) == .packTableOrder)
        #expect(fault(owners: [], rows: [a]) == .packTableOrder)
    }

    @Test("owners out of order, twice, or of no row are refused")
    func owners() {
        let (a, b) = (row(1, owner: 1), row(2, owner: 0))
        #expect(fault(owners: [[1], [2]], rows: [a, b]) == nil)
        #expect(fault(owners: [[2], [1]], rows: [a, b]) == .packTableOrder)
        #expect(fault(owners: [[1], [1]], rows: [a, b]) == .packTableOrder)
        #expect(fault(owners: [[1], [2], [3]], rows: [a, b]) == .packTableOrder)
        #expect(fault(owners: [[1]], rows: []) == .packTableOrder)
    }

    @Test("W22: a pack over 256 MiB is refused", arguments: [(UInt64(256) << 20, true), ((256 << 20) + 1, false), (.max, false)])
    func packSize(size: UInt64, isAccepted: Bool) {
        #expect((fault(owners: [[1]], rows: [row(1, owner: 0, size: size)]) == nil) == isAccepted)
    }

    @Test("another repository is named before a pack table that is out of order")
    func errorOrder() throws {
        let forge = ContainerForge(header: header, packCount: 1, table: table(owners: [], rows: [row(1, owner: 0)]))
        let bytes = forge.bytes(for: fixture)
        #expect(throws: FormatError.wrongRepository) {
            try Manifest.parse(bytes, repository: Random.id(), snapshot: fixture.snapshot)
        }
    }

    private var header: [UInt8] { Array(manifest[regions.header]) }

    private func changedHeader(_ change: (inout [JSONObject.Member]) -> Void) throws -> [UInt8] {
        var members = try JSONObject.parse(header).members
        change(&members)
        var object = JSONObject()
        for member in members { object.append(member.name, member.value) }
        return object.serialized
    }

    private func row(_ id: UInt8, owner: UInt32, size: UInt64 = 100) -> [UInt8] {
        [id] + [UInt8](repeating: 0, count: 31) + owner.bigEndianBytes + size.bigEndianBytes
    }

    private func table(owners: [[UInt8]], rows: [[UInt8]]) -> [UInt8] {
        let ids = owners.map { $0 + [UInt8](repeating: 0, count: 15) }
        return UInt32(owners.count).bigEndianBytes + ids.flatMap(\.self) + rows.flatMap(\.self)
    }

    private func fault(owners: [[UInt8]], rows: [[UInt8]]) -> FormatError? {
        fault(ContainerForge(header: header, packCount: UInt32(rows.count), table: table(owners: owners, rows: rows)))
    }

    private func parse(_ forge: ContainerForge) throws(FormatError) -> Manifest.Clear {
        try Manifest.parse(forge.bytes(for: fixture), repository: fixture.repository, snapshot: fixture.snapshot)
    }

    private func fault(_ forge: ContainerForge) -> FormatError? {
        do throws(FormatError) {
            _ = try parse(forge)
            return nil
        } catch {
            return error
        }
    }
}
