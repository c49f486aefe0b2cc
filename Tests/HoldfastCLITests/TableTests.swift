import HoldfastCLI
import Testing

@Suite("A table")
struct TableTests {
    @Test("has its columns aligned, and no blanks at the ends of its lines")
    func alignment() {
        var table = Table([("ID", .left), ("Size", .right), ("Tags", .left)])
        table.add(["3f2a9c01", "5 B", "x"])
        table.add(["77", "1023 KiB", ""])
        #expect(table.lines == ["ID            Size  Tags", "3f2a9c01       5 B  x", "77        1023 KiB"])
    }

    @Test("aligns by what is seen and not by bytes, and begins where its first cell is empty")
    func widths() {
        var table = Table([("Node", .right), ("Files", .left), ("CMK", .left)])
        table.add(["", "é", "x"])
        table.add(["größe 1", "12345678", ""])
        #expect(table.lines == ["   Node  Files     CMK", "         é         x", "größe 1  12345678"])
    }

    @Test("shows nothing that would steer a terminal")
    func control() {
        #expect(Table.printable("a\u{1b}[31mb\nc\u{9b}d") == "a?[31mb?c?d")
        #expect(Table.printable("ÄÖ 漢") == "ÄÖ 漢")
    }
}
