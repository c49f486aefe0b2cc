import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Sealed containers")
struct ContainerTests {
    private let fixture: ContainerFixture

    init() throws { fixture = try ContainerFixture() }

    @Test("W3: no two sealings share a salt, a commitment or a sealed body")
    func salts() throws {
        let (first, second) = try (fixture.manifest(), fixture.manifest())
        #expect(first[52..<84] != second[52..<84])
        #expect(first[84..<116] != second[84..<116])
        #expect(first.suffix(100) != second.suffix(100))
    }

    @Test("a container that the second writer made opens")
    func secondWriter() throws {
        let state = Array("what the writer knows".utf8)
        let bytes = ContainerForge(kind: .checkpoint, header: try checkpointHeader(), frames: [state]).bytes(for: fixture)
        #expect(try open(bytes) == state)
    }

    @Test("a checkpoint comes back whole")
    func checkpoint() throws {
        let sealed = fixture.body()
        let bytes = try seal(sealed)
        let clear = try Checkpoint.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        #expect(clear.envelope == fixture.envelope)
        let opened = try Checkpoint.open(clear, key: fixture.key)
        #expect(opened.source == sealed.source)
        #expect(opened.packKeys.sortedEntries == sealed.packKeys.sortedEntries)
    }

    @Test("bodies that end with a frame, before its end, or just after it come back whole", arguments: [-1, 0, 1, 65_536])
    func frameEnds(surplus: Int) throws {
        // A path this long takes a length of three bytes, before and after it is made to fit.
        let path = [UInt8](repeating: 9, count: 100_000)
        let byteCount = try open(seal(body(path))).count
        let fitting = path + [UInt8](repeating: 9, count: 2 * 65_536 + surplus - byteCount)
        #expect(try open(seal(body(fitting))).count == 2 * 65_536 + surplus)
        let clear = try Checkpoint.parse(
            seal(body(fitting)), repository: fixture.repository, snapshot: fixture.snapshot)
        #expect(try Checkpoint.open(clear, key: fixture.key).source.paths == [fitting])
    }

    @Test("frames that were cut off, added, exchanged or altered are told apart")
    func frames() throws {
        let stride = 65_536 + 16
        let whole = ContainerForge(
            kind: .checkpoint, header: try checkpointHeader(), frames: [Random.bytes(65_536), Random.bytes(65_536)]
        ).bytes(for: fixture)
        let start = bodyStart(whole)
        let clear = Array(whole[..<start])
        let (first, second) = (Array(whole[start..<(start + stride)]), Array(whole[(start + stride)..<(start + 2 * stride)]))
        let sum = [UInt8](repeating: 0, count: 32)
        #expect(fault(withSum(clear + first + sum)) == .bodyTruncated)
        #expect(fault(withSum(clear + first + second.prefix(10) + sum)) == .bodyTruncated)
        #expect(fault(withSum(clear + first + second.prefix(100) + sum)) == .bodyTampered(frame: 1))
        #expect(fault(withSum(clear + second + first + sum)) == .bodyTampered(frame: 0))
        #expect(fault(withSum(clear + first + second + Random.bytes(50) + sum)) == .bodyExtended)
        #expect(fault(withSum(clear + sum)) == .bodyTruncated)
    }

    @Test("an empty last frame after a full one is refused: one body has one form")
    func emptyLastFrame() throws {
        let frames = [Random.bytes(65_536), []]
        let bytes = ContainerForge(kind: .checkpoint, header: try checkpointHeader(), frames: frames).bytes(for: fixture)
        #expect(fault(bytes) == .bodyTruncated)
    }

    @Test("a checkpoint whose sum alone is wrong is damaged")
    func damagedCheckpoint() throws {
        var bytes = try seal(fixture.body())
        bytes[bytes.count - 1] ^= 1
        #expect(fault(bytes) == .damaged)
    }

    @Test("a manifest is no checkpoint, and a checkpoint is no manifest")
    func kinds() throws {
        #expect(try fault(fixture.manifest()) == .notHoldfast)
        #expect(try fixture.fault(seal(fixture.body())) == .notHoldfast)
    }

    @Test("W24: a checkpoint that is relabelled as a manifest has other keys")
    func relabelled() throws {
        let forge = ContainerForge(kind: .checkpoint, header: try manifestHeader())
        var bytes = forge.bytes(for: fixture)
        bytes[9] = ContainerKind.manifest.rawValue
        #expect(fixture.fault(withSum(bytes)) == .commitment)
    }

    @Test("a header must hold exactly one envelope", arguments: [0, 2])
    func envelopes(count: Int) throws {
        let envelope = try #require(JSONObject.parse(checkpointHeader()).objects("envelopes").first)
        let header: JSONObject = ["envelopes": .array(Array(repeating: .object(envelope), count: count))]
        let bytes = ContainerForge(kind: .checkpoint, header: header.serialized).bytes(for: fixture)
        #expect(fault(bytes) == .json("header: member 'envelopes' must be one"))
    }

    private func seal(_ body: borrowing ManifestBody) throws(FormatError) -> [UInt8] {
        try Checkpoint.seal(
            body, envelope: fixture.envelope, repository: fixture.repository, snapshot: fixture.snapshot, key: fixture.key)
    }

    private func body(_ path: [UInt8]) -> ManifestBody {
        ManifestBody(
            packKeys: PackKeys(), lineage: Lineage(cutting: .content), nextPackNumber: 0, parent: nil,
            source: fixture.source([path]), barrier: nil)
    }

    /// The body's plaintext, whatever it says.
    private func open(_ bytes: [UInt8]) throws(FormatError) -> [UInt8] {
        let parsed = try Checkpoint.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        let state = try parsed.container.openBody(key: fixture.key)
        var copy: [UInt8] = []
        copy.append(contentsOf: state.bytes)
        return copy
    }

    private func fault(_ bytes: [UInt8]) -> FormatError? {
        do throws(FormatError) {
            _ = try open(bytes)
            return nil
        } catch {
            return error
        }
    }

    /// Without packs the body begins after the header, the empty table and the MAC.
    private func bodyStart(_ bytes: [UInt8]) -> Int { 116 + Int(UInt32(bigEndian: bytes.span, at: 12)) + 4 + 32 }

    private func checkpointHeader() throws -> [UInt8] {
        try Checkpoint.parse(seal(fixture.body()), repository: fixture.repository, snapshot: fixture.snapshot).container.header
    }

    private func manifestHeader() throws -> [UInt8] {
        let bytes = try fixture.manifest()
        return Array(bytes[116..<(116 + Int(UInt32(bigEndian: bytes.span, at: 12)))])
    }
}
