/// Paths as text: no file system is asked, so links are not followed.
package enum LexicalPath {
    /// The path from the root, without `.`, `..` and doubled slashes; what is relative begins at `directory`.
    package static func absolute(_ path: String, from directory: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(directory)/\(path)"
        var components: [Substring] = []
        for component in whole.split(separator: "/") where component != "." {
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
        "/" + path.split(separator: "/").dropLast().joined(separator: "/")
    }
}
