import HoldfastModel
import Testing

@Suite struct ObjectNameTests {
    private static let id = "00112233445566778899aabbccddeeff"
    private static let sum = String(repeating: "ab", count: 32)

    @Test("every name that is made is read back as what it names")
    func roundTrip() throws {
        let id = try #require(SnapshotID(Self.id))
        let sum = try #require(Digest(Self.sum))
        let names: [(ObjectName, ObjectName.Parsed, String)] = [
            (.repository, .repository, "holdfast.json"),
            (.keyRecord(0), .keyRecord(0), "keys/0"),
            (.record(12, of: id), .record(12, of: id), "snapshots/\(id)/12"),
            (.pack(sum, of: id), .pack(sum, of: id), "packs/\(id)/\(sum)"),
            (.checkpoint(id), .checkpoint(id), "checkpoints/\(id)"),
            (.purge(7), .purge(7), "purges/7"),
            (.probe(id), .probe, "tmp/probe-\(id)"),
        ]
        for (name, parsed, text) in names {
            #expect(name.text == text)
            #expect(ObjectName(listed: text) == name)
            #expect(name.parsed == parsed)
        }
    }

    @Test(
        "what the layout does not know is no object",
        arguments: [
            "", "/", "holdfast.json/", "/holdfast.json", "holdfast.yaml", "keys", "keys/", "keys/00", "keys/01", "keys/-1",
            "keys/+1", "keys/1/2", "keys/1234567890", "keys/x", "snapshots/\(id)", "snapshots/\(id)/", "snapshots/../0",
            "snapshots/\(id.uppercased())/0", "packs/\(id)/\(id)", "packs/\(id)/../\(sum)", "packs/\(id)/\(sum).tmp",
            "checkpoints/", "checkpoints/\(id)/0", "purges/", "purges/01", "purges/x", "tmp/x", "audit/x", "../keys/0",
            "keys/0\n",
        ])
    func refuses(text: String) {
        #expect(ObjectName(listed: text) == nil)
    }

    @Test("a prefix ends with a slash and begins the names under it")
    func prefixes() throws {
        let id = try #require(SnapshotID(Self.id))
        let sum = try #require(Digest(Self.sum))
        let pairs: [(ObjectPrefix, ObjectName)] = [
            (.keys, .keyRecord(3)), (.snapshots, .record(0, of: id)), (.snapshot(id), .record(0, of: id)),
            (.packs(of: id), .pack(sum, of: id)), (.checkpoints, .checkpoint(id)), (.purges, .purge(0)),
        ]
        for (prefix, name) in pairs {
            #expect(prefix.text.hasSuffix("/"))
            #expect(name.text.hasPrefix(prefix.text))
        }
    }
}
