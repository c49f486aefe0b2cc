import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Synchronization
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

    @Test("a file that takes parts of two chunks in turn reads each of them once") func turns() async throws {
        let reads = Mutex(0)
        let fixture = try RestoreFixture { store in
            GatedStore(store) { operation, name in
                if operation == .read, name.hasPrefix("packs/") { reads.withLock { $0 += 1 } }
            }
        }
        let craft = RestoreCraft(fixture)
        let chunks = [craft.chunk("0123456789"), craft.chunk("abcdefghij")]
        let parts = (0..<20).map { index in
            var part = chunks[index % 2]
            (part.from, part.take) = (UInt32(index / 2), 1)
            return part
        }
        let snapshot = try await craft.file("f", parts).finish()
        let before = reads.withLock { $0 }
        #expect(try await dump(snapshot, "f") == Array("0a1b2c3d4e5f6g7h8i9j".utf8))
        // The listing, and both chunks together.
        #expect(reads.withLock { $0 } - before == 2)
    }

    @Test("what is neither file nor directory, or not there, is refused", arguments: ["l", "x", "d/x"])
    func refused(path: String) async throws {
        let snapshot = try await craft.add("d", .directory).add("l", .symlink) { $0.linkTarget = [1] }.finish()
        await #expect(throws: HoldfastError.self) { _ = try await dump(snapshot, path) }
    }

    @Test("W6: wrong bytes are never dumped") func damage() async throws {
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
