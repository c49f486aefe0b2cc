import Foundation
import HoldfastStorage
import Testing

@Suite("A directory for what is thrown away")
struct ScratchDirectoryTests {
    private let scratch: TreeScratch

    init() throws { scratch = try TreeScratch() }

    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() } }

    @Test("is fresh, nobody else's, and gone with all that is in it; what stands beside it stays")
    func life() throws {
        try scratch.file("mine")
        let directory = try ScratchDirectory(in: scratch.path)
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        #expect(try directory.freeByteCount() > 0)
        try FileManager.default.createDirectory(atPath: directory.path + "/a/b", withIntermediateDirectories: true)
        try directory.remove()
        #expect(try names == ["mine"])
    }

    @Test("the directory that it is to be made in is made where it is missing")
    func missing() throws {
        let directory = try ScratchDirectory(in: scratch("a/b"))
        #expect(directory.path.hasPrefix(scratch("a/b/")))
        try directory.remove()
    }

    @Test("what a killed process has left is removed by the next one; what a living one holds is not")
    func left() throws {
        let held = try ScratchDirectory(in: scratch.path)
        try scratch.directory("holdfast-drill-0123456789abcdef")
        try scratch.file("holdfast-drill-0123456789abcdef/secret")
        try scratch.file("holdfast-drill-file")
        let next = try ScratchDirectory(in: scratch.path)
        let left = try names.map { scratch($0) }
        #expect(Set(left) == [held.path, next.path, scratch("holdfast-drill-file")])
        for directory in [held, next] { try directory.remove() }
    }
}
