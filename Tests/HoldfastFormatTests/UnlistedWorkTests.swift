import HoldfastFormat
import HoldfastModel
import Testing

@Suite("What a checkpoint says beyond a manifest")
struct UnlistedWorkTests {
    private let fixture: ContainerFixture

    init() throws { fixture = try ContainerFixture() }

    private func unfinished(_ path: String, byteCount: Int) throws -> UnfinishedFile {
        var entry = Entry(path: Array(path.utf8), kind: .file)
        (entry.size, entry.modified, entry.content) = (1000, -5, .refLists([1, 2, 3]))
        let map = PageMap(PageMap.Shape(pageByteCount: 512, pageCount: 512), [.none, .none])
        return try UnfinishedFile(
            entry: entry, byteCount: byteCount, references: [4, 5], openPageMap: .init(map, firstPage: 1024))
    }

    private func body(_ unlisted: UnlistedWork?) -> ManifestBody {
        ManifestBody(
            packKeys: fixture.packKeys(), lineage: Lineage(cutting: .content), nextPackNumber: 8, parent: nil,
            source: fixture.source(), barrier: nil, unlisted: unlisted)
    }

    private func opened(_ body: borrowing ManifestBody) throws -> ManifestBody {
        let bytes = try Checkpoint.seal(
            body, envelope: fixture.envelope, repository: fixture.repository, snapshot: fixture.snapshot, key: fixture.key)
        let clear = try Checkpoint.parse(bytes, repository: fixture.repository, snapshot: fixture.snapshot)
        return try Checkpoint.open(clear, key: fixture.key)
    }

    @Test("it comes back whole")
    func roundTrip() throws {
        let files = [try unfinished("a", byteCount: 700), try unfinished("b", byteCount: 0)]
        let work = UnlistedWork(entries: [[1, 2], [3]], files: files)
        let opened = try #require(try opened(body(work)).unlisted)
        #expect(opened.entries == [[1, 2], [3]])
        #expect(opened.files.map(\.entry) == files.map(\.entry))
        #expect(opened.files.map(\.byteCount) == [700, 0])
        #expect(opened.files.map(\.references) == [[4, 5], [4, 5]])
        #expect(opened.files.map(\.openPageMap) == files.map(\.openPageMap))
    }

    @Test("a checkpoint without any has none, and a manifest has no place for it")
    func none() throws {
        let opened = try #require(try opened(body(nil)).unlisted)
        #expect(opened.entries.isEmpty && opened.files.isEmpty)
        let manifest = try fixture.open(fixture.manifest())
        #expect(manifest.unlisted == nil)
    }

    @Test("a map does not begin where no file ends")
    func mapBeyond() throws {
        var file = try unfinished("a", byteCount: 700)
        file.openPageMap = file.openPageMap.map { .init($0.map, firstPage: Int.max - 1) }
        let work = UnlistedWork(entries: [], files: [file])
        #expect(throws: FormatError.malformed("a file's open page map")) { _ = try opened(body(work)) }
    }

    @Test("of a file more cannot be stored than it has")
    func tooLong() {
        #expect(throws: FormatError.malformed("a file on its way")) {
            _ = try opened(body(UnlistedWork(entries: [], files: [try unfinished("a", byteCount: 1001)])))
        }
    }
}
