import HoldfastModel

/// A path below a restore target that cannot lead out of it by its text.
struct RelativePath {
    let bytes: [UInt8]
    /// Where each component above the last ends.
    private let cuts: [Int]

    init(_ bytes: [UInt8]) throws(RestoreError) {
        guard EntryPath.isSafe(bytes) else { throw .unsafePath(bytes) }
        self.bytes = bytes
        cuts = bytes.split(separator: UInt8(ascii: "/")).dropLast().map(\.endIndex)
    }

    var name: FileName { FileName(bytes[((cuts.last ?? -1) + 1)...]) }

    /// The path of the directory that holds it; empty for the target itself.
    var parent: [UInt8] { Array(bytes[..<(cuts.last ?? 0)]) }
}
