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

    /// Where one was that was not removed.
    private func leave() throws -> String {
        let directory = try ScratchDirectory(in: scratch.path)
        try FileManager.default.createDirectory(atPath: directory.path + "/secret", withIntermediateDirectories: true)
        return directory.path
    }

    @Test("what only looks like one stays: another name, and none that was made here")
    func lookAlikes() throws {
        let left = URL(filePath: try leave()).deletingLastPathComponent()
        let others = ["holdfast-drill-2026-11-27", "holdfast-drill-0123456789ABCDEF", "holdfast-drill-0123456789abcdef0"]
        for name in others { try FileManager.default.copyItem(atPath: left.path, toPath: scratch(name)) }
        try scratch.directory("holdfast-drill-0123456789abcdef")
        try scratch.file("holdfast-drill-0123456789abcdef/mine")
        try scratch.file("holdfast-drill-file")
        try ScratchDirectory(in: scratch.path).remove()
        #expect(try Set(names) == Set(others + ["holdfast-drill-0123456789abcdef", "holdfast-drill-file"]))
        #expect(FileManager.default.fileExists(atPath: scratch("holdfast-drill-0123456789abcdef/mine")))
    }

    @Test("what a killed process has left is removed by the next one; what a living one holds is not")
    func left() throws {
        let held = try ScratchDirectory(in: scratch.path)
        let killed = try leave()
        let next = try ScratchDirectory(in: scratch.path)
        #expect(!FileManager.default.fileExists(atPath: killed))
        #expect(try names.count == 2)
        for directory in [held, next] { try directory.remove() }
        #expect(try names.isEmpty)
    }

    @Test("what was killed before anything was in it, or after all was gone, leaves no directory for good")
    func empty() throws {
        try scratch.directory("holdfast-drill-0123456789abcdef")
        try ScratchDirectory(in: scratch.path).remove()
        #expect(try names.isEmpty)
    }
}
