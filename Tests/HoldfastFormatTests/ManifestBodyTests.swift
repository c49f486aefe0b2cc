import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("The sealed body of a manifest")
struct ManifestBodyTests {
    /// A field of a message: its number, and a number or bytes.
    enum Field: Sendable {
        case number(UInt64, UInt64)
        case bytes(UInt64, [UInt8])
    }

    private static let key = [UInt8](repeating: 7, count: 32)
    private static let lineage: [Field] = [
        .bytes(1, [UInt8](repeating: 1, count: 16)), .bytes(2, key), .bytes(3, key), .number(5, 1), .number(6, 262_144),
        .number(7, 1_048_576), .number(8, 4_194_304), .number(9, 1), .number(10, 10),
    ]
    private static let source: [Field] = [.bytes(1, Array("data".utf8)), .bytes(2, []), .bytes(2, [0xff]), .number(3, 1)]
    private static let body: [Field] = [.bytes(1, encode(lineage)), .bytes(3, encode(source))]

    private let fixture: ContainerFixture

    init() throws { fixture = try ContainerFixture() }

    @Test("a body that the second writer made is read")
    func secondWriter() throws {
        let body = try open(Self.body)
        #expect(body.nextPackNumber == 10)
        #expect(body.lineage.sizes == .files)
        #expect(body.source.paths == [[], [0xff]])
        #expect(body.barrier == nil)
        #expect(body.parent == nil)
        #expect(body.copiedFrom == nil)
    }

    @Test("unknown fields are passed over, however often they stand")
    func unknownFields() throws {
        let body = Self.body + [.number(7, 1), .number(40, 2), .number(40, 2), .bytes(63, [1, 2]), .bytes(63, [])]
        #expect(fault(body) == nil)
        #expect(fault(with: Self.lineage + [.bytes(40, []), .bytes(40, [])]) == nil)
    }

    @Test("an index whose paths do not ascend is refused")
    func indexOrder() {
        let reference = [UInt8]([0, 1, 8, 5, 5, 0, 0]) + Self.key
        let index = ["a", "b"].map { path in Field.bytes(4, Self.encode([.bytes(1, Array(path.utf8)), .bytes(2, reference)])) }
        #expect(fault([Self.body[0], .bytes(3, Self.encode(Self.source + index))]) == nil)
        #expect(
            fault([Self.body[0], .bytes(3, Self.encode(Self.source + index.reversed()))])
                == .listingOrder("the index of a listing"))
    }

    @Test(
        "what a snapshot uses of its packs is a hint: where it does not fit the packs it counts as left out",
        arguments: [
            (Field.bytes(6, [99, 5, 6, 0, 7, 8]), true), (.bytes(6, [100, 5, 6, 0, 7, 8]), false),
            (.bytes(6, [99, 5, 6]), false),
            (.bytes(6, [99, 5, 6, 0, 7, 8, 0]), false), (.bytes(6, [99, 5, 6, 0, 7, 0x80, 0]), false), (.number(6, 1), false),
        ])
    func packUses(field: Field, fits: Bool) throws {
        let body = try fixture.open(try forge(Self.body + [field], packs: [4, 9]).bytes(for: fixture))
        let uses: [UInt32: PackUse] = [
            4: PackUse(liveByteCount: 99, written: Timestamp(seconds: 5), keptUntil: Timestamp(seconds: 6)),
            9: PackUse(liveByteCount: 0, written: Timestamp(seconds: 7), keptUntil: Timestamp(seconds: 8)),
        ]
        #expect(body.packUses == (fits ? uses : nil))
    }

    @Test("an unknown field that is critical is refused")
    func criticalField() {
        #expect(fault(Self.body + [.number(64, 1)]) == .unknownCriticalField(64))
        #expect(fault(with: Self.lineage + [.bytes(70, [])]) == .unknownCriticalField(70))
    }

    @Test(
        "a field twice is refused",
        arguments: [Field.bytes(1, []), .bytes(2, key), .number(2, 5), .number(10, 11), .bytes(10, [1])])
    func twice(field: Field) {
        #expect(fault(with: Self.lineage + [field]).map(ManifestFault.init) == .other)
    }

    @Test("a body without lineage or source is refused")
    func missing() {
        #expect(fault([Self.body[0]]) == .malformed("a source"))
        #expect(fault([Self.body[1]]) == .malformed("a lineage"))
        #expect(fault([]) == .malformed("a lineage"))
    }

    @Test(
        "a lineage that no cutter could follow is refused",
        arguments: [
            (UInt64(2), Field.bytes(2, Array(key.dropLast())), FormatError.malformed("a hash key")),
            (3, .bytes(3, key + [0]), .malformed("a cut key")),
            (1, .bytes(1, key), .malformed("a lineage's id")),
            (5, .number(5, 3), .malformed("a lineage of an unknown cutter or codec")),
            (9, .number(9, 2), .malformed("a lineage of an unknown cutter or codec")),
            (6, .number(6, 2 << 20), .limit("chunk sizes")),
            (6, .number(6, 1), .limit("chunk sizes")),
            (8, .number(8, (8 << 20) + 1), .limit("chunk sizes")),
            (10, .number(10, 1 << 32), .malformed("the next pack number")),
        ] as [(UInt64, Field, FormatError)])
    func lineage(number: UInt64, field: Field, error: FormatError) {
        let changed = Self.lineage.map { $0.number == number ? field : $0 }
        #expect(fault(with: changed) == error)
    }

    @Test("each pack has a number of its own, below the next one")
    func packNumbers() {
        #expect(fault(Self.body, packs: [4, 9]) == nil)
        #expect(fault(Self.body, packs: [4, 4]) == .malformed("a pack number twice"))
        #expect(fault(Self.body, packs: [4, 10]) == .malformed("the next pack number"))
    }

    @Test("fewer keys than packs are refused")
    func missingKeys() throws {
        let bytes = try forge([], packs: [1]).bytes(for: fixture)
        var short = try forge([], packs: [1])
        short.frames = [[0, 0, 0, 1]]
        #expect(fixture.fault(bytes) == .malformed("a lineage"))
        #expect(fixture.fault(short.bytes(for: fixture)) == .malformed("a manifest's pack keys"))
    }

    @Test("a body of several frames is read")
    func severalFrames() throws {
        let long = [UInt8](repeating: 9, count: 70_000)
        let source = Self.source + [.bytes(2, long)]
        let body = try open([Self.body[0], .bytes(3, Self.encode(source))])
        #expect(body.source.paths.last == long)
    }

    private func fault(with lineage: [Field]) -> FormatError? { fault([.bytes(1, Self.encode(lineage)), Self.body[1]]) }

    private func fault(_ fields: [Field], packs: [UInt32] = []) -> FormatError? {
        do {
            return fixture.fault(try forge(fields, packs: packs).bytes(for: fixture))
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func open(_ fields: [Field]) throws -> ManifestBody {
        try fixture.open(try forge(fields, packs: []).bytes(for: fixture))
    }

    private func forge(_ fields: [Field], packs: [UInt32]) throws -> ContainerForge {
        let clear = try Manifest.parse(fixture.manifest(), repository: fixture.repository, snapshot: fixture.snapshot)
        var table = UInt32(packs.isEmpty ? 0 : 1).bigEndianBytes + (packs.isEmpty ? [] : fixture.snapshot.bytes)
        for index in packs.indices {
            table += [UInt8(index)] + [UInt8](repeating: 0, count: 31) + UInt32(0).bigEndianBytes + UInt64(99).bigEndianBytes
        }
        let plaintext = packs.flatMap { $0.bigEndianBytes + Self.key } + Self.encode(fields)
        let frames = stride(from: 0, to: max(1, plaintext.count), by: 65_536).map {
            Array(plaintext[$0..<min(plaintext.count, $0 + 65_536)])
        }
        return ContainerForge(
            header: clear.container.header, packCount: UInt32(packs.count), table: table, frames: frames)
    }

    private static func encode(_ fields: [Field]) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            switch field {
            case .number(let number, let value): bytes.appendField(number, value)
            case .bytes(let number, let value): bytes.appendField(number, value.span, evenIfEmpty: true)
            }
        }
        return bytes
    }
}

extension ManifestBodyTests.Field {
    fileprivate var number: UInt64 {
        switch self {
        case .number(let number, _), .bytes(let number, _): number
        }
    }
}
