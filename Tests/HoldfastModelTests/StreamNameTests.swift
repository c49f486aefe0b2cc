import HoldfastModel
import Testing

@Suite("The name of a stream's file")
struct StreamNameTests {
    @Test(
        "what no entry can be called, no file system takes, or leads elsewhere, is none",
        arguments: [
            "", "/", "//", ".", "..", "./dump.sql", "../x", "a/../b", "a//b", "x/", "a/.", "a/b/..", "a\0b",
            String(repeating: "x", count: 256), String(repeating: "abc/", count: 1024) + "de",
        ])
    func refused(text: String) {
        #expect(StreamName(text) == nil)
    }

    @Test(
        "every other path is one, with its leading slash or without",
        arguments: [
            ("dump.sql", "dump.sql"), ("/db/dump.sql", "db/dump.sql"), (".hidden", ".hidden"), ("..x", "..x"), ("...", "..."),
            ("a/.b/c..", "a/.b/c.."), (String(repeating: "x", count: 255), String(repeating: "x", count: 255)),
        ])
    func accepted(text: String, path: String) {
        #expect(StreamName(text)?.path == Array(path.utf8))
    }
}
