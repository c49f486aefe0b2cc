import HoldfastFormat
import HoldfastModel

/// A bounded part of a restore: the files whose chunks are gathered, and the links to be made once those are there.
struct RestoreWindow {
    struct Link: Sendable {
        /// Whole, since the target may not link it: then it is restored as a file of its own.
        let item: SubtreeReader.Item
        let directory: RestoringDirectory
        let first: LinkedFiles.First
    }

    /// What a packed reference takes at least, in bytes.
    private static let referenceByteCount = 39

    private(set) var files: [RestoringFile] = []
    private(set) var uses: [ChunkUse] = []
    private(set) var links: [Link] = []
    /// How many references the entries of the links may have, packed.
    private var linkReferenceCount = 0

    var isEmpty: Bool { files.isEmpty && links.isEmpty }

    mutating func add(_ reference: ChunkReference, of file: RestoringFile, at offset: UInt64) {
        if files.last !== file { files.append(file) }
        file.expect()
        uses.append(ChunkUse(reference: reference, file: Int32(files.count - 1), offset: offset))
    }

    mutating func add(_ link: Link) {
        links.append(link)
        switch link.item.entry.content {
        case .refs(let packed), .refLists(let packed): linkReferenceCount += packed.count / Self.referenceByteCount
        }
    }

    /// Hands the uses over, so that they can be sorted in place.
    mutating func takeUses() -> [ChunkUse] {
        defer { uses = [] }
        return uses
    }

    func isFull(_ limits: RestoreLimits) -> Bool {
        files.count + links.count >= limits.files || uses.count + linkReferenceCount >= limits.references
    }
}
