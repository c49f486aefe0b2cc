import Glibc
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite struct RestoreInPlaceTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture
    private let store: ReadingStore
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        var reading: ReadingStore?
        fixture = try RestoreFixture { memory in
            let store = ReadingStore(memory)
            reading = store
            return store
        }
        store = try #require(reading)
        craft = RestoreCraft(fixture)
    }

    private static func noise(_ seed: Int, _ count: Int = 100_000) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 7919 &+ seed) >> 3) }
    }

    private func overwrite(_ name: String, _ bytes: [UInt8], at offset: Int) throws {
        let file = unsafe open(scratch(name), O_WRONLY)
        try called(file)
        try called(unsafe Int32(pwrite(file, bytes, bytes.count, offset)))
        close(file)
    }

    /// How many bytes of packs of files a restore reads: the listing is read twice, whatever is restored.
    private func restore(
        _ snapshot: OpenedSnapshot, _ options: RestoreOptions = RestoreOptions()
    ) async throws -> (summary: RestoreSummary, read: Int) {
        store.forget()
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        let listing = snapshot.body.source.listing.map(\.reference.frameByteCount).reduce(0, +)
        return (summary, store.byteCount - 2 * listing)
    }

    @Test("only the chunks that differ are read and written, in the file that is there") func differing() async throws {
        let chunks = (0..<5).map { craft.chunk(Self.noise($0)) }
        craft.file("f", chunks)
        let snapshot = try await craft.finish()
        let expected = (0..<5).flatMap { Self.noise($0) }
        #expect(try await restore(snapshot).summary.figures.bytesWritten == 500_000)
        let inode = try scratch.status("t/f").inode
        try overwrite("t/f", [1, 2, 3], at: 250_000)
        let (summary, read) = try await restore(snapshot)
        #expect(read == chunks[2].frameByteCount && summary.errors == [])
        #expect(summary.figures.bytesWritten <= 64 << 10 && summary.figures.bytesRestored == 500_000)
        #expect(try scratch.bytes("t/f") == expected && scratch.status("t/f").inode == inode)
        #expect(try scratch.status("t/f").mode == 0o644 && scratch.status("t/f").modifiedSeconds == 1)
    }

    @Test(
        "a file that is shorter or longer gets its length, and what it lacks",
        arguments: [(0, 200_032), (1, 200_032), (150_000, 100_016), (200_000, 0), (300_000, 0), (9_000_000, 0)])
    func length(count: Int, expectedRead: Int) async throws {
        craft.file("f", [craft.chunk(Self.noise(1)), craft.chunk(Self.noise(2))])
        let snapshot = try await craft.finish()
        _ = try await restore(snapshot)
        try called(unsafe truncate(scratch("t/f"), count))
        let (summary, read) = try await restore(snapshot)
        #expect(try scratch.bytes("t/f") == Self.noise(1) + Self.noise(2) && summary.errors == [])
        #expect(read == expectedRead)
    }

    @Test("what should be a hole becomes one again, and a file with holes that is whole is left alone", arguments: [false, true])
    func holes(isSparse: Bool) async throws {
        var (first, second) = (craft.chunk(Self.noise(1, 5_000)), craft.chunk(Self.noise(2, 5_000)))
        (first.hole, second.hole) = (1_000_000, 2_000_000)
        craft.file("f", [first, second], tail: 3_000_000)
        let snapshot = try await craft.finish()
        let options = RestoreOptions(isSparse: isSparse)
        _ = try await restore(snapshot, options)
        let whole = try scratch.bytes("t/f")
        #expect(try await restore(snapshot, options).summary.figures.bytesWritten == 0)
        for offset in [0, 700_000, 1_005_000, 2_900_000, 3_100_000, 6_000_000] {
            try overwrite("t/f", [UInt8](repeating: 7, count: 9_000), at: offset)
        }
        let (summary, read) = try await restore(snapshot, options)
        #expect(try scratch.bytes("t/f") == whole && summary.errors == [] && read == 0)
        #expect(try scratch.status("t/f").allocatedByteCount < 100_000)
    }

    @Test("zeros that --sparse leaves out replace what is there") func sparseZeros() async throws {
        craft.file("f", [craft.chunk(Self.noise(1, 8_192) + [UInt8](repeating: 0, count: 500_000) + [1])])
        let snapshot = try await craft.finish()
        let options = RestoreOptions(isSparse: true)
        _ = try await restore(snapshot, options)
        let whole = try scratch.bytes("t/f")
        try overwrite("t/f", [UInt8](repeating: 7, count: 400_000), at: 50_000)
        _ = try await restore(snapshot, options)
        #expect(try scratch.bytes("t/f") == whole && scratch.status("t/f").allocatedByteCount < 100_000)
    }

    @Test("parts of chunks are read, and written only where they differ") func parts() async throws {
        var part = craft.chunk(Self.noise(1))
        (part.from, part.take) = (30_000, 50_000)
        craft.file("f", [part, craft.chunk(Self.noise(2)), part])
        let snapshot = try await craft.finish()
        _ = try await restore(snapshot)
        let whole = try scratch.bytes("t/f")
        let (same, read) = try await restore(snapshot)
        #expect(same.figures.bytesWritten == 0 && read == 100_016)
        try overwrite("t/f", [1, 2, 3], at: 160_000)
        let (changed, _) = try await restore(snapshot)
        #expect(try scratch.bytes("t/f") == whole && changed.figures.bytesWritten == 50_000)
    }

    @Test("a file that stands is restored without its packs, one that does not is named and stays as it was")
    func lostPacks() async throws {
        craft.file("changed", [craft.chunk("ABC")]).file("same", [craft.chunk("abc")])
        let snapshot = try await craft.finish()
        _ = try await restore(snapshot)
        try await store.delete(craft.packs[0])
        try overwrite("t/changed", [0], at: 1)
        let summary = try await restore(snapshot).summary
        #expect(summary.errors.map(\.path) == [Array("changed".utf8)] && summary.errors[0].object == craft.packs[0])
        #expect(try scratch.text("t/same") == "abc" && scratch.bytes("t/changed") == [0x41, 0, 0x43])
    }

    @Test("a file that was rewritten in part and cannot be finished is taken away") func damagedMidway() async throws {
        let good = craft.chunk(Self.noise(1))
        try await craft.closePack()
        craft.file("f", [good, craft.chunk(Self.noise(2))])
        let snapshot = try await craft.finish()
        _ = try await restore(snapshot)
        try overwrite("t/f", [1], at: 7)
        try overwrite("t/f", [1], at: 100_007)
        store.base.tamper(craft.packs[1]) { $0[500] ^= 1 }
        let summary = try await restore(snapshot, RestoreOptions(limits: RestoreLimits(files: 1, references: 1))).summary
        #expect(summary.worst == .damage && scratch.tree("t") == [])
    }

    @Test(
        "of a file that cannot be finished nothing is taken away that has come to its name meanwhile", arguments: [false, true])
    func replacedMeanwhile(byDirectory: Bool) async throws {
        let good = craft.chunk(Self.noise(1))
        try await craft.closePack()
        craft.file("f", [good, craft.chunk(Self.noise(2))])
        let snapshot = try await craft.finish()
        store.base.tamper(craft.packs[1]) { $0[500] ^= 1 }
        let (path, pack) = (scratch("t/f"), craft.packs[1])
        store.forget { name in
            guard name == pack, unsafe rename(path, path + ".old") == 0 else { return }
            if byDirectory { unsafe mkdir(path, 0o755) }
            close(unsafe open(byDirectory ? path + "/mine" : path, O_WRONLY | O_CREAT, 0o644))
        }
        let options = RestoreOptions(limits: RestoreLimits(files: 1, references: 1))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.map(\.path) == [Array("f".utf8)] && summary.worst == .damage)
        #expect(scratch.tree("t") == (byDirectory ? ["f/", "f/mine"] : ["f"]) + ["f.old"])
    }

    @Test("a file with another name, a link and a FIFO are replaced, and the other name keeps what it had") func replaced()
        async throws
    {
        for name in ["named", "link", "fifo", "open"] { craft.file(name, "snapshot") }
        let snapshot = try await craft.finish()
        try scratch.directory("t")
        try scratch.file("outside", "outside")
        try called(unsafe link(scratch("outside"), scratch("t/named")))
        try scratch.link("t/link", to: "../outside")
        try called(unsafe mkfifo(scratch("t/fifo"), 0o644))
        try scratch.file("t/open", "anybody may read and write this")
        try called(unsafe chmod(scratch("t/open"), 0o666))
        let reader = unsafe open(scratch("t/open"), O_RDONLY)
        try called(reader)
        defer { close(reader) }
        let summary = try await restore(snapshot).summary
        #expect(try summary.errors == [] && scratch.text("outside") == "outside")
        #expect(scratch.tree("t") == ["fifo", "link", "named", "open"])
        for name in ["named", "link", "fifo", "open"] { #expect(try scratch.text("t/\(name)") == "snapshot") }
        var seen = [UInt8](repeating: 0, count: 8)
        try called(unsafe Int32(pread(reader, &seen, seen.count, 0)))
        #expect(seen == Array("anybody ".utf8))
    }

    @Test("an interrupted restore goes on: both runs together read what one does", arguments: Overwrite.allCases)
    func resumed(overwrite: Overwrite) async throws {
        // The third file has most of it, so that it is what is half-written.
        let contents = [5, 10, 90, 10, 5].enumerated().map { number, count in
            (0..<count).map { Self.noise(number * 100 + $0, 10_000) }
        }
        for (number, chunks) in contents.enumerated() { craft.file("f\(number)", chunks.map { craft.chunk($0) }) }
        let snapshot = try await craft.finish()
        let options = RestoreOptions(
            overwrite: overwrite, limits: RestoreLimits(references: 40, readByteCount: 30_000, gapByteCount: 0))
        let whole = try await restore(snapshot, options).read
        for number in contents.indices { try scratch.target().remove(Array("f\(number)".utf8)) }
        let listing = snapshot.body.source.listing.map(\.reference.frameByteCount).reduce(0, +)
        store.forget(limit: listing + whole / 2)
        await #expect(throws: HoldfastError.self) {
            try await Restore(snapshot, to: try scratch.target(), options: options).run()
        }
        let first = store.byteCount - listing
        #expect(first > whole / 3)
        let (summary, second) = try await restore(snapshot, options)
        #expect(summary.errors == [])
        // Of the other ways to overwrite, half-written files begin anew.
        #expect([.ifNewer, .never].contains(overwrite) || first + second <= whole * 105 / 100)
        for (number, chunks) in contents.enumerated() { #expect(try scratch.bytes("t/f\(number)") == chunks.flatMap(\.self)) }
    }

    @Test("with --verify a file is read back whole, what stood of it too, and one that differs then is taken away")
    func verifiesWhatStood() async throws {
        craft.file("f", [craft.chunk(Self.noise(1)), craft.chunk(Self.noise(2))]).file("g", "text")
        let snapshot = try await craft.finish()
        _ = try await restore(snapshot)
        try overwrite("t/f", [1, 2, 3], at: 150_000)
        let (path, pack) = (scratch("t/f"), craft.packs[0])
        store.forget { name in
            guard name == pack else { return }
            let file = unsafe open(path, O_WRONLY)
            _ = unsafe pwrite(file, [7, 7, 7], 3, 10)
            close(file)
        }
        let options = RestoreOptions(verifies: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.map(\.path) == [Array("f".utf8)] && summary.worst == .target)
        #expect(scratch.tree("t") == ["g"] && summary.figures.filesRestored == 1)
    }

    @Test("with --verify no file is taken for the snapshot's by its size and time alone", arguments: [false, true])
    func verifiesWhatIsUnchanged(verifies: Bool) async throws {
        craft.file("f", "right")
        let snapshot = try await craft.finish()
        let options = RestoreOptions(overwrite: .ifChanged, verifies: verifies)
        _ = try await restore(snapshot, options)
        let time = try scratch.status("t/f").modifiedSeconds
        try scratch.file("t/f", "wrong")
        let times = [timespec(tv_sec: time, tv_nsec: 7), timespec(tv_sec: time, tv_nsec: 7)]
        try called(unsafe utimensat(AT_FDCWD, scratch("t/f"), times, 0))
        let summary = try await restore(snapshot, options).summary
        #expect(try scratch.text("t/f") == (verifies ? "right" : "wrong") && summary.errors == [])
    }

    @Test("names that an interrupted restore had not linked yet are linked to the first that is there") func resumedLinks()
        async throws
    {
        func linked(_ entry: inout Entry) { (entry.inode, entry.device, entry.linkCount) = (5, 1, 3) }
        let chunk = craft.chunk("text")
        craft.file("a", [chunk], linked).file("b", [chunk], linked).file("c", [chunk], linked)
        let snapshot = try await craft.finish()
        _ = try await restore(snapshot)
        try scratch.target().remove(Array("b".utf8))
        let summary = try await restore(snapshot, RestoreOptions(overwrite: .ifChanged)).summary
        let inodes = try ["a", "b", "c"].map { try scratch.status("t/\($0)").inode }
        #expect(Set(inodes).count == 1 && summary.figures.filesSkipped == 2 && summary.errors == [])
    }
}
