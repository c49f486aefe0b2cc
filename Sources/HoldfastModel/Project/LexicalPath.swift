/// Paths as text: no file system is asked, so links are not followed. Bytes count, as they do for the kernel: of a slash with a combining
/// accent behind it Swift makes one character, which is no slash.
package enum LexicalPath {
    private static let slash = UInt8(ascii: "/")

    /// The path from the root, without `.`, `..` and doubled slashes; what is relative begins at `directory`.
    package static func absolute(_ path: String, from directory: String) -> String {
        let whole = isAbsolute(path) ? path : "\(directory)/\(path)"
        var components: [Substring] = []
        for component in Self.components(of: whole) where component != "." {
            if component == ".." {
                _ = components.popLast()
            } else {
                components.append(component)
            }
        }
        return "/" + components.joined(separator: "/")
    }

    /// The directory that holds what an absolute path names; `/` for the root itself.
    package static func directory(of path: String) -> String {
        "/" + components(of: path).dropLast().joined(separator: "/")
    }

    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

    /// What stands between the slashes.
    package static func components(of path: String) -> [Substring] { path.utf8.split(separator: slash).map(Substring.init) }
}
