import HoldfastStorage
import Testing

@Suite struct GlobTests {
    @Test(
        "a pattern matches a path",
        arguments: [
            ("*.lock", "a/b.lock"), ("*.lock", ".lock"), ("cache", "home/x/cache"), ("/home", "home"), ("/home/*", "home/x"),
            ("b/c", "a/b/c"), ("b/*/d", "a/b/c/d"), ("/a/**/z", "a/z"), ("/a/**/z", "a/b/c/z"), ("**/z", "z"), ("a/**", "x/a/y"),
            ("a/**", "a"),
            ("/**", "any/thing"), ("a?c", "abc"), ("[a-c]x", "bx"), ("[!a-c]x", "dx"), ("[^a]", "b"), ("[]]", "]"), ("[a-]", "-"),
            ("\\*", "*"), ("a*b*c", "aXbXbYc"), ("dir/", "x/dir"), ("/a//b", "a/b"), ("./a", "x/a"), ("*", "x"), ("a**b", "aXb"),
            ("/", ""), ("[\\]]", "]"), ("**/a/**/b", "x/a/a/c/b"),
        ])
    func matches(pattern: String, path: String) throws {
        #expect(try Glob(pattern).matches(Array(path.utf8)))
    }

    @Test(
        "a pattern does not match a path",
        arguments: [
            ("*.lock", "a.lock/b"), ("Cache", "cache"), ("/home", "a/home"), ("/home/*", "home/x/y"), ("b/c", "a/b/x/c"),
            ("/a/**/z", "b/a/z"), ("a?c", "ac"), ("[a-c]x", "dx"), ("[!a-c]x", "ax"), ("\\*", "x"), ("a*b", "abc"),
            ("/a", "ab"), ("*/*", "a"), ("/", "a"), ("?", ""), ("a", "b"), ("a/b", "b"),
        ])
    func doesNotMatch(pattern: String, path: String) throws {
        #expect(try !Glob(pattern).matches(Array(path.utf8)))
    }

    @Test("bytes that are no UTF-8 match as bytes") func rawBytes() throws {
        #expect(try Glob([0xFF, UInt8(ascii: "*")]).matches([0x61, 0x2F, 0xFF, 0xFE]))
        #expect(try !Glob([0xFF]).matches([0xFE]))
    }

    @Test(
        "a pattern covers what lies below a match",
        arguments: [("home", "a/home/b/c", true), ("/a/*", "a/b/c", true), ("/a/b", "a/bc/d", false), ("c", "a/b", false)])
    func covers(pattern: String, path: String, isCovered: Bool) throws {
        #expect(try Glob(pattern).covers(Array(path.utf8)) == isCovered)
    }

    @Test(
        "a text that is no pattern is refused with the reason",
        arguments: [
            ("", GlobError.empty), ("[a", .unclosedBracket), ("[a-", .unclosedBracket), ("[z-a]", .emptyRange),
            ("a\\", .endsInBackslash), ("!a", .negated),
        ])
    func refused(pattern: String, error: GlobError) {
        #expect(throws: error) { try Glob(pattern) }
    }

    @Test("many stars cost no more than name times pattern") func manyStars() throws {
        let glob = try Glob(String(repeating: "*a", count: 60) + "b")
        #expect(!glob.matches([UInt8](repeating: UInt8(ascii: "a"), count: 250)))
        let deep = try Glob(String(repeating: "**/a/", count: 60) + "b")
        #expect(!deep.matches(Array(Array(repeating: "a", count: 500).joined(separator: "/").utf8)))
    }
}
