import HoldfastModel

/// Rows of text in aligned columns.
package struct Table: Sendable {
    package enum Alignment: Hashable, Sendable { case left, right }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []
    private var widths: [Int]

    package init(_ columns: [(title: String, alignment: Alignment)]) {
        self.columns = columns
        widths = columns.map { Self.width(of: $0.title) }
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; it has a cell for each column.
    package mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        let row = cells.map(Self.printable)
        for column in row.indices { widths[column] = max(widths[column], Self.width(of: row[column])) }
        rows.append(row)
    }

    /// The header and all rows, without trailing blanks.
    package var lines: [String] {
        ([columns.map(\.title)] + rows).map(line)
    }

    private func line(_ row: [String]) -> String {
        var line = ""
        // Blanks wait for what comes after them.
        var blankCount = 0
        for column in row.indices {
            let padding = widths[column] - Self.width(of: row[column])
            let isRight = columns[column].alignment == .right
            if isRight { blankCount += padding }
            if !row[column].isEmpty {
                line += String(repeating: " ", count: blankCount) + row[column]
                blankCount = 0
            }
            blankCount += 2 + (isRight ? 0 : padding)
        }
        while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
        return line
    }

    private static func width(of text: String) -> Int { isASCII(text) ? text.utf8.count : text.count }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    /// Names come from files and stores: what would steer a terminal or the eye is shown as `?`.
    package static func printable(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return text }
        guard text.unicodeScalars.contains(where: \.isInvisible) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isInvisible ? "?" : $0 }))
    }
}
