import Testing

@testable import HoldfastStorage

@Suite("The names in a directory")
struct DirectoryNamesTests {
    @Test("a name that comes twice, as while a file is replaced, is one; they stand in the order of their bytes")
    func twice() {
        var names = DirectoryNames()
        for name in ["b", "a", "ab", "b", "a", "a", "c"] { names.append(name.utf8) }
        names.sort()
        #expect((0..<names.count).map { String(decoding: names[$0], as: UTF8.self) } == ["a", "ab", "b", "c"])
    }
}
