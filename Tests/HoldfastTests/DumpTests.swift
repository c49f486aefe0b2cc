import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite struct DumpTests {
    private let fixture: RestoreFixture
    private let craft: RestoreCraft

    init() throws {
        fixture = try RestoreFixture()
        craft = RestoreCraft(fixture)
    }

    private func dump(_ snapshot: OpenedSnapshot, _ path: String) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try await Dump(snapshot).run(Array(path.utf8)) { bytes.append(contentsOf: $0) }
        return bytes
    }

    @Test("a file's bytes come in order, holes as zeros, from one pack or from several") func file() async throws {
        let far = craft.chunk("far")
        try await craft.closePack()
        var parts = [craft.chunk("0123456789"), craft.chunk("abc"), far, craft.chunk("end")]
        (parts[0].from, parts[0].take, parts[2].hole) = (2, 3, 70_000)
        let snapshot = try await craft.add("d", .directory).file("d/f", parts, tail: 5).add("e", .file).finish()
        let zeros = [UInt8](repeating: 0, count: 70_000)
        #expect(try await dump(snapshot, "/d/f") == Array("234abc".utf8) + zeros + Array("farend".utf8) + zeros[..<5])
        #expect(try await dump(snapshot, "e") == [])
    }

    @Test("what is neither file nor directory, or not there, is refused", arguments: ["l", "x", "d/x"])
    func refused(path: String) async throws {
        let snapshot = try await craft.add("d", .directory).add("l", .symlink) { $0.linkTarget = [1] }.finish()
        await #expect(throws: HoldfastError.self) { _ = try await dump(snapshot, path) }
    }

    @Test("wrong bytes are never dumped") func damage() async throws {
        let snapshot = try await craft.file("f", [craft.chunk("good"), craft.chunk("bad")]).finish()
        fixture.store.tamper(craft.packs[0]) { $0[8 + 20 + 1] ^= 1 }
        var bytes: [UInt8] = []
        await #expect(throws: HoldfastError.self) { _ = try await Dump(snapshot).run([0x66]) { bytes.append(contentsOf: $0) } }
        #expect(bytes == Array("good".utf8))
    }

    @Test("a socket is left out of a tar, with a note") func socket() async throws {
        let snapshot = try await craft.add("s", .socket).finish()
        var count = 0
        let notes = try await Dump(snapshot).run([]) { count += $0.count }
        #expect(notes.count == 1 && count == 1024)
    }
}
