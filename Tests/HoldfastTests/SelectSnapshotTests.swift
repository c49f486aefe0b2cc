import Holdfast
import HoldfastModel
import Testing

@Suite("Naming a snapshot")
struct SelectSnapshotTests {
    private static let ids = [
        "3f2a9c0100000000000000000000000a", "3f2a9c0100000000000000000000000b", "77777777000000000000000000000000",
    ]

    /// Live snapshots of nodes a, a and b, an hour apart; all but the last are tagged `x`.
    private static func views() throws -> [SnapshotView] {
        try ids.enumerated().map { index, hex in
            let header = ManifestHeader(
                start: try #require(Digest(String(repeating: "0", count: 64))), cluster: "c", node: index == 2 ? "b" : "a",
                source: "default",
                time: Timestamp(seconds: Int64(index) * 3600), started: Timestamp(seconds: 0), finished: Timestamp(seconds: 0),
                expires: nil, tags: index == 2 ? [] : ["x"], base: nil, barrier: nil, keyLogPosition: 0, bytesRead: 0,
                bytesNew: 0, bytesStored: 0, files: 0, incomplete: 0, envelopes: [], tool: "test")
            let start = SnapshotStart(cluster: "c", node: header.node, source: "default", base: nil, keyLogPosition: 0)
            let log = SnapshotLog(id: try #require(SnapshotID(hex)), start: start, outcome: .manifest(header), length: 2)
            return SnapshotView(log: log, sum: nil, packs: [], lastDigest: nil, times: RecordTimes())
        }
    }

    @Test(
        "an id, an unambiguous prefix and latest find it",
        arguments: [
            (ids[0], nil, [], ids[0]), ("77777777", nil, [], ids[2]), ("3f2a9c0100000000000000000000000b", nil, [], ids[1]),
            ("latest", nil, [], ids[2]), ("latest", "a", [], ids[1]), ("latest", nil, ["x"], ids[1]),
        ] as [(String, String?, [String], String)])
    func found(name: String, node: String?, tags: [String], expected: String) throws {
        #expect(try SelectSnapshot(node: node, tags: tags).select(name, among: Self.views()).id.hex == expected)
    }

    @Test("a prefix of two names both")
    func ambiguous() throws {
        let error = #expect(throws: HoldfastError.self) { try SelectSnapshot().select("3f2a9c01", among: Self.views()) }
        guard case .ambiguousSnapshot(_, let ids) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(ids.map(\.hex) == Array(Self.ids.prefix(2)))
    }

    @Test(
        "what is too short, no hex or of another node finds nothing",
        arguments: ["3f2a9c0", "latest!", "3F2A9C01", "", "aaaaaaaa"])
    func notFound(name: String) throws {
        #expect(throws: HoldfastError.self) { try SelectSnapshot(node: "nobody").select(name, among: Self.views()) }
    }

    @Test(
        "SNAPSHOT:PATH is a snapshot and a clean path",
        arguments: [
            ("latest", "latest", ""), ("latest:", "latest", ""), ("latest:/", "latest", ""), ("ab:/var/lib/", "ab", "var/lib"),
            ("ab:var/../etc//x", "ab", "etc/x"), ("ab:/a:b", "ab", "a:b"),
            ("ab:\u{301}x", "ab", "\u{301}x"),
        ])
    func path(text: String, snapshot: String, path: String) {
        let place = SnapshotPath(text)
        #expect(place.snapshot == snapshot)
        #expect(place.path == Array(path.utf8))
    }
}
