/// What the one file of a stream is called in its snapshot: a path from the root, with or without the leading slash.
package struct StreamName: Hashable, Sendable {
    /// What file systems take, in bytes.
    private static let maximumComponentByteCount = 255
    private static let maximumByteCount = 4096

    /// What to tell whoever wrote another one.
    package static let rule =
        "not a name for a file in a snapshot: write a path without empty components, . and .., such as app.dump or db/app.dump"

    /// As entries have it: without the leading slash.
    package let path: [UInt8]

    /// Where nobody says another one.
    package static let standardInput = StreamName(path: Array("stdin".utf8))

    private init(path: [UInt8]) { self.path = path }

    /// Nil where no entry can be called so, or no file system takes it.
    package init?(_ text: String) {
        self.init(path: Array(text.utf8.drop { $0 == UInt8(ascii: "/") }))
        let components = path.split(separator: UInt8(ascii: "/"))
        guard EntryPath.isSafe(path), path.count <= Self.maximumByteCount,
            components.allSatisfy({ $0.count <= Self.maximumComponentByteCount })
        else { return nil }
    }
}
