import HoldfastFormat
import HoldfastModel

/// A bounded part of a restore: the files whose chunks are gathered, and the links to be made once those are there.
struct RestoreWindow {
    struct Link: Sendable {
        /// As in the snapshot.
        let source: [UInt8]
        /// In the target.
        let path: [UInt8]
        let directory: RestoringDirectory
        let byteCount: UInt64
        let first: LinkedFiles.First
    }

    private(set) var files: [RestoringFile] = []
    private(set) var uses: [ChunkUse] = []
    private(set) var links: [Link] = []

    mutating func add(_ reference: ChunkReference, of file: RestoringFile, at offset: UInt64) {
        if files.last !== file { files.append(file) }
        file.expect()
        uses.append(ChunkUse(reference: reference, file: Int32(files.count - 1), offset: offset))
    }

    mutating func add(_ link: Link) { links.append(link) }

    /// Hands the uses over, so that they can be sorted in place.
    mutating func takeUses() -> [ChunkUse] {
        defer { uses = [] }
        return uses
    }

    func isFull(_ limits: RestoreLimits) -> Bool {
        files.count + links.count >= limits.files || uses.count >= limits.references
    }
}
