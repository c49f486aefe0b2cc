/// Cuts a file's bytes into chunks: by content, or into aligned blocks for files that are updated in place.
package enum Cutter: Sendable {
    case content(ContentCutter)
    case blocks(byteCount: Int)

    package var maximum: Int {
        switch self {
        case .content(let cutter): cutter.maximum
        case .blocks(let byteCount): byteCount
        }
    }

    /// The length of the first chunk of `data`, which begins at `offset` in its file. The caller gives at least `maximum`
    /// bytes, or all that are left.
    package func firstCut(in data: Span<UInt8>, at offset: Int) -> Int {
        switch self {
        case .content(let cutter): cutter.firstCut(in: data)
        case .blocks(let byteCount): min(data.count, byteCount - offset % byteCount)
        }
    }
}
