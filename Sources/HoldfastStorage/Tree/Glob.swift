/// A pattern for paths, for excludes and includes: `*`, `?`, `[…]` within a component, `**` for any number of components.
///
/// With a leading slash it is anchored at the root; else it matches at any depth, so a pattern with no slash matches any
/// component. It compares bytes: case counts, and `?` is one byte. A trailing slash is ignored.
package struct Glob: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case component(GlobComponent)
        case anyDepth
    }

    /// As it was written.
    package let pattern: [UInt8]
    private let parts: [Part]

    package init(_ pattern: [UInt8]) throws(GlobError) {
        guard pattern.first != UInt8(ascii: "!") else { throw .negated }
        let slash = UInt8(ascii: "/")
        var parts: [Part] = pattern.first == slash ? [] : [.anyDepth]
        for component in pattern.split(separator: slash) where component != [UInt8(ascii: ".")] {
            if component == [UInt8(ascii: "*"), UInt8(ascii: "*")] {
                if parts.last != .anyDepth { parts.append(.anyDepth) }
            } else {
                parts.append(.component(try GlobComponent(component)))
            }
        }
        guard !pattern.isEmpty else { throw .empty }
        (self.pattern, self.parts) = (pattern, parts)
    }

    package init(_ pattern: String) throws(GlobError) { try self.init(Array(pattern.utf8)) }

    /// Whether the pattern matches this very path (as in `Entry.path`, without the leading slash).
    package func matches(_ path: [UInt8]) -> Bool { matches(path.span) }

    /// Whether the pattern matches this path or a directory above it, as `restore --include` understands it.
    package func covers(_ path: [UInt8]) -> Bool {
        if matches(path.span) { return true }
        var ends = path.indices.filter { path[$0] == UInt8(ascii: "/") }
        while let end = ends.popLast() {
            if matches(path.span.extracting(0..<end)) { return true }
        }
        return false
    }

    /// Compares components from the last to the first; on a mismatch only the leftmost `**` met takes one component more.
    private func matches(_ path: Span<UInt8>) -> Bool {
        var (part, end) = (parts.count, path.count)
        var retry: (part: Int, end: Int)?
        while end > 0 {
            if part > 0, parts[part - 1] == .anyDepth {
                if part == 1 { return true }
                retry = (part, end)
                part -= 1
                continue
            }
            let start = Self.componentStart(path, before: end)
            if part > 0, case .component(let pattern) = parts[part - 1], pattern.matches(path.extracting(start..<end)) {
                part -= 1
                end = max(0, start - 1)
            } else if let run = retry {
                end = max(0, Self.componentStart(path, before: run.end) - 1)
                part = run.part - 1
                retry = (run.part, end)
            } else {
                return false
            }
        }
        return parts[..<part].allSatisfy { $0 == .anyDepth }
    }

    private static func componentStart(_ path: Span<UInt8>, before end: Int) -> Int {
        var start = end
        while start > 0, path[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return start
    }
}

/// Why a text is no pattern.
package enum GlobError: Error, Hashable, CustomStringConvertible {
    case empty
    case unclosedBracket
    case emptyRange
    case endsInBackslash
    case negated

    package var description: String {
        switch self {
        case .empty: "the pattern is empty"
        case .unclosedBracket: "the pattern has a '[' without its ']'"
        case .emptyRange: "the pattern has a range whose end comes before its start"
        case .endsInBackslash: "the pattern ends in a backslash"
        case .negated: "no pattern takes back what others match, and for a name that begins with ! write \\!"
        }
    }
}
