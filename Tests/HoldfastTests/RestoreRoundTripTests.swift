import CPosix
import Glibc
import Holdfast
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct RestoreRoundTripTests {
    @Test("what a backup took comes back exactly, every kind of entry with all of its metadata") func roundTrip() async throws {
        let scratch = try RestoreScratch()
        try Self.populate(scratch)
        let snapshot = try await RestoreFixture().backup(scratch("s"), witness: scratch("w"))
        let options = RestoreOptions(path: Array(scratch("s").utf8), verifies: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && summary.notes == [])
        let (source, restored) = (scratch.entries("s"), scratch.entries("t"))
        #expect(restored.map(\.displayPath) == source.map(\.displayPath))
        for (restored, source) in zip(restored, source) { #expect(restored == source) }
        for entry in source where entry.kind == .file {
            let name = String(decoding: entry.path, as: UTF8.self)
            guard name.utf8.elementsEqual(entry.path) else { continue }
            #expect(try scratch.bytes("t/\(name)") == scratch.bytes("s/\(name)"), "\(name)")
        }
        #expect(try scratch.status("t/d/f").inode == scratch.status("t/hard").inode)
        #expect(try scratch.status("t/sparse").allocatedByteCount < 1 << 20)
    }

    @Test("the whole tree is written from the root, and the directories above come back too") func fromTheRoot() async throws {
        let scratch = try RestoreScratch()
        try scratch.directory("s", mode: 0o700)
        try scratch.file("s/f", "text")
        try scratch.setTime("s", seconds: 77)
        let snapshot = try await RestoreFixture().backup(scratch("s"), witness: scratch("w"))
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        let name = "t\(scratch("s"))"
        #expect(try summary.errors == [] && scratch.text("\(name)/f") == "text")
        #expect(try scratch.status(name).modifiedSeconds == 77 && scratch.status(name).mode == 0o700)
        #expect(try scratch.status("t/tmp").mode == scratch.status("/../../../tmp").mode)
    }

    @Test("a hole at the end of a file comes back") func tail() async throws {
        let scratch = try RestoreScratch()
        try scratch.directory("s")
        try scratch.file("s/f", "head")
        try called(unsafe truncate(scratch("s/f"), 9 << 20))
        let snapshot = try await RestoreFixture().backup(scratch("s"), witness: scratch("w"))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: .init(path: Array(scratch("s").utf8))).run()
        #expect(try summary.errors == [] && scratch.bytes("t/f") == scratch.bytes("s/f"))
    }

    private static func populate(_ scratch: RestoreScratch) throws {
        for name in ["s", "s/d", "s/d/closed", "s/empty"] { try scratch.directory(name) }
        for name in ["s/d/f", "s/d/closed/x", "s/setid", "s/old"] { try scratch.file(name, "content of \(name)") }
        try scratch.file("s/none", "")
        try scratch.file("s/large", (0..<400_000).map { "line \($0 * 7919 % 100_003)\n" }.joined())
        try scratch.link("s/link", to: "../nowhere/\u{e4}")
        try called(unsafe mkfifo(scratch("s/fifo"), 0o620))
        try called(unsafe link(scratch("s/d/f"), scratch("s/hard")))
        let raw = Array(scratch("s/").utf8).map(CChar.init(bitPattern:)) + [-1, -2, 0]
        close(unsafe open(raw, O_CREAT | O_WRONLY, 0o600))
        let sparse = unsafe open(scratch("s/sparse"), O_CREAT | O_RDWR, 0o600)
        try called(unsafe Int32(pwrite(sparse, "middle", 6, 5 << 20)))
        close(sparse)
        let value = [UInt8](repeating: 0x61, count: 3000)
        let isSet = unsafe lsetxattr(scratch("s/d/f"), "user.x", value, value.count, 0) == 0
        if !isSet { print("NOT TESTED: user attributes, which /tmp lacks") }
        if geteuid() == 0 {
            try called(unsafe mknod(scratch("s/null"), S_IFCHR | 0o666, 0x103))
            try called(unsafe chown(scratch("s/setid"), 1234, 4321))
            try called(unsafe lchown(scratch("s/link"), 77, 78))
        } else {
            print("NOT TESTED: owners and devices, without root")
        }
        try called(unsafe chmod(scratch("s/setid"), 0o6711))
        for (name, seconds) in [("s/old", -5), ("s/link", 1_000), ("s/fifo", 1), ("s/d", 2)] {
            try scratch.setTime(name, seconds: seconds)
        }
        try called(unsafe chmod(scratch("s/d/closed"), 0o1571))
    }
}
