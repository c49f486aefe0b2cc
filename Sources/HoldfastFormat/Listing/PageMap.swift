import HoldfastModel

/// One chunk of a file's page map: the hashes of a run of its pages, in their order (`docs/FORMAT.md`, section 4, field 20).
package struct PageMap: Hashable, Sendable {
    /// How a file is divided, and its map.
    package struct Shape: Hashable, Sendable {
        /// A page's length in bytes; the file's last one may be shorter.
        package let pageByteCount: Int
        /// How many pages each chunk of the map tells of, but for the last.
        package let pageCount: Int

        package init(pageByteCount: Int, pageCount: Int) {
            (self.pageByteCount, self.pageCount) = (pageByteCount, pageCount)
        }

        /// Of a file of so many bytes: some thousand map chunks at most, so that references to them fit its entry; and small ones,
        /// since one page that changed changes its whole chunk of the map.
        package init(fileByteCount: Int, pageByteCount: Int) {
            let wanted = (fileByteCount / pageByteCount / 1024).nextPowerOfTwo
            self.init(pageByteCount: pageByteCount, pageCount: min(max(wanted, 512), PageMap.maximumPageCount))
        }
    }

    private static let headerByteCount = 8
    /// 4 MiB of hashes.
    package static let maximumPageCount = 1 << 18
    private static let pageByteCounts = 512...(1 << 20)

    package let shape: Shape
    package let hashes: [PageHash]

    package init(_ shape: Shape, _ hashes: [PageHash]) { (self.shape, self.hashes) = (shape, hashes) }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerByteCount + hashes.count * PageHash.byteCount)
        UInt32(shape.pageByteCount).appendBigEndian(to: &bytes)
        UInt32(shape.pageCount).appendBigEndian(to: &bytes)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    package init(decoding bytes: [UInt8]) throws(FormatError) {
        let (count, rest) = (bytes.count - Self.headerByteCount).quotientAndRemainder(dividingBy: PageHash.byteCount)
        guard count > 0, rest == 0 else { throw .malformed("a page map's length") }
        let span = bytes.span
        shape = Shape(
            pageByteCount: Int(UInt32(bigEndian: span, at: 0)), pageCount: Int(UInt32(bigEndian: span, at: 4)))
        guard Self.pageByteCounts.contains(shape.pageByteCount), shape.pageCount <= Self.maximumPageCount,
            count <= shape.pageCount
        else { throw .limit("a page map") }
        hashes = (0..<count).map { PageHash(bytes.span, at: Self.headerByteCount + $0 * PageHash.byteCount) }
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
