import HoldfastFormat
import HoldfastModel

/// A file as the base has it: the hashes of its pages, and where their bytes are. Both are read from start to end, along with the file.
struct BaseFile: ~Copyable {
    /// A run of a file's bytes in one chunk.
    struct Part: Sendable {
        /// Of the file.
        let range: Range<Int>
        /// To the whole run, without the hole before it.
        let reference: ChunkReference

        /// What lies in `piece` of the file, which is within `range`.
        func reference(to piece: Range<Int>) -> ChunkReference {
            var reference = reference
            reference.from += UInt32(piece.lowerBound - range.lowerBound)
            reference.take = UInt32(piece.count)
            return reference
        }
    }

    private let known: BaseComparison.Known
    private let opener: ChunkOpener
    private var map: PageMap
    /// The first page that `map` tells of.
    private var firstPage: Int
    /// The chunks of the map that come after, each with its first page.
    private var maps: ArraySlice<(firstPage: Int, reference: ChunkReference)>
    private var references: ReferenceReader
    private var layout: FileLayout
    private var part: Part?

    /// Nil where nothing is known of the file's pages, or of pages of another length.
    static func open(_ known: BaseComparison.Known, pageByteCount: Int) async throws(HoldfastError) -> BaseFile? {
        let packed = try known.snapshot.references(known.entry.pageMap, of: known.entry)
        guard let first = packed.first else { return nil }
        let opener = known.snapshot.makeOpener()
        let map = try await read(first, known, opener)
        guard map.shape.pageByteCount == pageByteCount else { return nil }
        return try BaseFile(known, opener, map, places: places(of: packed, map.shape, known.entry)[...])
    }

    private init(
        _ known: BaseComparison.Known, _ opener: consuming ChunkOpener, _ map: PageMap,
        places: ArraySlice<(firstPage: Int, reference: ChunkReference)>
    ) throws(HoldfastError) {
        references = try ReferenceReader(known.entry, in: known.snapshot)
        layout = FileLayout(known.entry)
        self.known = known
        self.opener = opener
        self.map = map
        maps = places
        firstPage = maps.removeFirst().firstPage
    }

    /// What the base has at this place. Ranges must come in ascending order.
    mutating func block(_ range: Range<Int>, pages: Range<Int>) async throws(HoldfastError) -> FileBlock.Base {
        FileBlock.Base(hashes: try await hashes(of: pages), parts: try await parts(of: range))
    }

    private static func places(
        of packed: [ChunkReference], _ shape: PageMap.Shape, _ entry: Entry
    ) throws(HoldfastError) -> [(firstPage: Int, reference: ChunkReference)] {
        var places: [(firstPage: Int, reference: ChunkReference)] = []
        var next = 0
        for reference in packed {
            let (firstPage, overflow) = next.addingReportingOverflow(Int(reference.hole))
            guard !overflow, firstPage <= Int.max - shape.pageCount, UInt64(firstPage) < entry.size else {
                throw .inconsistent(entry.displayPath, detail: "its page map tells of more than the file")
            }
            places.append((firstPage, reference))
            next = firstPage + shape.pageCount
        }
        return places
    }

    /// The hashes of these pages; `.none` where the base has none.
    private mutating func hashes(of pages: Range<Int>) async throws(HoldfastError) -> [PageHash] {
        var hashes: [PageHash] = []
        hashes.reserveCapacity(pages.count)
        for page in pages {
            while let next = maps.first, page >= next.firstPage { try await enter(next) }
            let place = page - firstPage
            hashes.append(map.hashes.indices.contains(place) ? map.hashes[place] : .none)
        }
        return hashes
    }

    private mutating func enter(_ next: (firstPage: Int, reference: ChunkReference)) async throws(HoldfastError) {
        let following = try await Self.read(next.reference, known, opener)
        guard following.shape == map.shape else {
            throw .inconsistent(known.entry.displayPath, detail: "the chunks of its page map tell of pages of several lengths")
        }
        (map, firstPage, maps) = (following, next.firstPage, maps.dropFirst())
    }

    /// The runs that hold some of `range`, in their order.
    private mutating func parts(of range: Range<Int>) async throws(HoldfastError) -> [Part] {
        var found: [Part] = []
        while true {
            if part == nil { part = try await nextPart() }
            guard let part, part.range.lowerBound < range.upperBound else { return found }
            if part.range.upperBound > range.lowerBound { found.append(part) }
            // One that reaches further is needed again.
            guard part.range.upperBound <= range.upperBound else { return found }
            self.part = nil
        }
    }

    private mutating func nextPart() async throws(HoldfastError) -> Part? {
        guard var reference = try await references.next(with: opener) else { return nil }
        let start = Int(try layout.place(reference))
        reference.hole = 0
        return Part(range: start..<(start + reference.byteCount), reference: reference)
    }

    private static func read(
        _ reference: ChunkReference, _ known: BaseComparison.Known, _ opener: borrowing ChunkOpener
    ) async throws(HoldfastError) -> PageMap {
        let bytes = try await known.snapshot.read(reference, domain: .pageMap, with: opener)
        do {
            return try PageMap(decoding: bytes)
        } catch {
            throw .object(try known.snapshot.pack(of: reference).name, error)
        }
    }
}
