/// What an entry's path may be: a reader refuses any other, so a writer must (`docs/FORMAT.md`, section 4).
package enum EntryPath {
    /// Whether a file below some directory can be called so, and the text alone leads nowhere else: no component is empty, `.` or `..`,
    /// and no byte is zero.
    package static func isSafe(_ path: [UInt8]) -> Bool {
        let path = path.span
        var (length, dots) = (0, 0)
        for index in path.indices {
            switch path[index] {
            case 0: return false
            case UInt8(ascii: "/"):
                guard isName(length, dots) else { return false }
                (length, dots) = (0, 0)
            case UInt8(ascii: "."): (length, dots) = (length + 1, dots + 1)
            default: length += 1
            }
        }
        return isName(length, dots)
    }

    /// Whether a component of so many bytes, so many of them dots, is the name of a file.
    private static func isName(_ length: Int, _ dots: Int) -> Bool { length > 2 || dots < length }
}
