package import HoldfastModel
package import HoldfastStorage

/// What a snapshot takes in: paths that are walked, or one stream of bytes.
package enum SnapshotContents: Sendable {
    /// Absolute paths, raw bytes with their leading slash.
    case paths([[UInt8]], WalkFilter)
    /// Bytes from a descriptor (`--stdin`, or a command's output), kept as one file of this name.
    case stream(descriptor: Int32, filename: [UInt8], time: Timestamp)

    /// The source's paths as a manifest's body has them: from the root, without the leading slash.
    var roots: [[UInt8]] {
        switch self {
        case .paths(let paths, _): paths.map { Array($0.drop { $0 == UInt8(ascii: "/") }) }
        case .stream(_, let filename, _): [filename]
        }
    }
}
