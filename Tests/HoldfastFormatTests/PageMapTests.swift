import HoldfastFormat
import HoldfastModel
import Testing

@Suite("A page map")
struct PageMapTests {
    private static func hasher() -> ChunkHasher { ChunkHasher(hashKey: Secret(copying: [UInt8](0..<32).span)) }

    private static func map(_ pages: [[UInt8]], pageByteCount: Int = 512, pageCount: Int = 512) -> PageMap {
        let hasher = hasher()
        return PageMap(
            PageMap.Shape(pageByteCount: pageByteCount, pageCount: pageCount), pages.map { hasher.hash(page: $0.span) })
    }

    @Test("its bytes are as the format's page has them: two lengths, and 16 bytes a page of HMAC-SHA256 over P and the page")
    func vector() throws {
        let map = PageMap(
            PageMap.Shape(pageByteCount: 8192, pageCount: 512),
            [
                Self.hasher().hash(page: Array("page".utf8).span), .none,
                Self.hasher().hash(page: [UInt8](repeating: 0, count: 8192).span),
            ])
        #expect(
            Hex.encode(map.bytes)
                == "000020000000020012d61897c7ea09bb280ed990356d869400000000000000000000000000000000e5daa9bb4da992e5f944dd0adda13aa1"
        )
        #expect(try PageMap(decoding: map.bytes) == map)
    }

    @Test("W24: a page's hash is no chunk's, whatever the domain")
    func domain() {
        let page = [UInt8](repeating: 1, count: 512)
        for domain in [ChunkDomain.data, .listing, .xattr, .referenceList, .pageMap] {
            #expect(Self.hasher().hash(page: page.span) != PageHash(Self.hasher().hash(page.span, domain: domain)))
        }
    }

    @Test(
        "one that is cut, empty, or beyond the limits is refused",
        arguments: [
            { $0.removeLast() }, { $0.removeAll() }, { $0.removeLast($0.count - 8) }, { $0[2] = 0 }, { $0[0] = 1 },
            {
                $0[7] = 1; $0[6] = 0
            }, { $0[4] = 1 },
        ] as [@Sendable (inout [UInt8]) -> Void])
    func refused(damage: @Sendable (inout [UInt8]) -> Void) {
        var bytes = Self.map([[1], [2]]).bytes
        damage(&bytes)
        #expect(throws: FormatError.self) { try PageMap(decoding: bytes) }
    }

    @Test(
        "it is cut into some thousand chunks at most, of 512 pages at least",
        arguments: [
            (0, 512), (1 << 30, 512), (4 << 30, 512), (4 << 30 + 8192 << 10, 1024), (100 << 30, 16_384), (1 << 50, 1 << 18),
        ])
    func shape(fileByteCount: Int, pageCount: Int) {
        #expect(PageMap.Shape(fileByteCount: fileByteCount, pageByteCount: 8192).pageCount == pageCount)
    }
}
