import HoldfastModel

/// Where a file's bytes went.
struct StoredContent: Sendable {
    let content: FileContent
    /// As in `Entry.pageMap`.
    var pageMap: [UInt8] = []
    /// What was read, holes included.
    let byteCount: Int
}
