import HoldfastModel
import Testing

@Suite struct EntryTests {
    @Test("a directory's contents follow it directly, before a sibling whose name goes on with a smaller byte")
    func order() {
        let sorted = ["", "a", "a/b", "a/b/c", "a/z", "a b", "a-", "a.txt", "a0", "aa", "b", "\u{7f}", "é"]
        for (i, first) in sorted.enumerated() {
            for (j, second) in sorted.enumerated() {
                #expect(
                    PathOrder.compare(Array(first.utf8), Array(second.utf8)).signum() == (i - j).signum(),
                    "\(first) and \(second)")
                #expect(PathOrder.precedes(Array(first.utf8), Array(second.utf8)) == (i < j))
            }
        }
    }

    @Test("an entry has its last component as its name, and a path for people")
    func names() {
        #expect(Array(Entry(path: Array("a/b/c.txt".utf8), kind: .file).name) == Array("c.txt".utf8))
        #expect(Array(Entry(path: Array("top".utf8), kind: .directory).name) == Array("top".utf8))
        #expect(Entry(path: [], kind: .directory).name.isEmpty)
        #expect(Entry(path: [0x61, 0xff], kind: .file).displayPath == "/a\u{FFFD}")
    }
}

@Suite struct EncryptionContextTests {
    private func context(project: String = "p", node: String = "n") throws -> EncryptionContext {
        EncryptionContext(
            project: project, cluster: "c", repository: try #require(RepositoryID(String(repeating: "01", count: 16))),
            snapshot: try #require(SnapshotID(String(repeating: "02", count: 16))), node: node, kind: .manifest)
    }

    @Test("the canonical bytes are the pairs by name, each text behind its length")
    func canonicalBytes() throws {
        let pairs = [
            ("holdfast:cluster", "c"), ("holdfast:kind", "manifest"), ("holdfast:node", "n"), ("holdfast:project", "p"),
            ("holdfast:repository", String(repeating: "01", count: 16)),
            ("holdfast:snapshot", String(repeating: "02", count: 16)),
            ("holdfast:v", "1"),
        ]
        let texts = pairs.flatMap { [$0.0, $0.1] }
        let expected = texts.reduce(into: [UInt8]()) { $0 += [0, 0, 0, UInt8($1.utf8.count)] + Array($1.utf8) }
        let context = try context()
        #expect(context.canonicalBytes == expected)
        #expect(context.pairs == Dictionary(uniqueKeysWithValues: pairs))
        #expect(context.project == "p")
    }

    @Test("a length counts bytes, not characters, and no two contexts have the same bytes")
    func lengths() throws {
        let umlaut = try context(project: "ä").canonicalBytes
        #expect(umlaut.count == (try context()).canonicalBytes.count + 1)
        #expect(try context(project: "pn", node: "").canonicalBytes != context(project: "p", node: "n").canonicalBytes)
    }
}

@Suite struct SecretTests {
    @Test("a secret holds what was written, zeros before that")
    func holdsBytes() {
        var secret = Secret(zeroed: 5000)
        #expect(secret.count == 5000)
        #expect(secret.bytes.indices.allSatisfy { secret.bytes[$0] == 0 })
        secret.update { bytes in
            bytes[0] = 7
            bytes[4999] = 9
        }
        #expect(secret.bytes[0] == 7)
        #expect(secret.bytes[4999] == 9)
    }

    @Test("a copy is of the bytes at that time")
    func copies() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = Secret(copying: bytes.span)
        bytes[0] = 100
        #expect((0..<3).map { secret.bytes[$0] } == [1, 2, 3])
        let filled = Secret(count: 2) { $0[1] = 5 }
        #expect(filled.bytes[1] == 5)
    }
}
