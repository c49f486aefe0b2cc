import Foundation
import Glibc
import Holdfast
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("A file that stands and may not be rewritten in its place")
struct RestoreBesideTests {
    private let scratch: RestoreScratch
    private let store: ReadingStore
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        var reading: ReadingStore?
        craft = RestoreCraft(
            try RestoreFixture { memory in
                let store = ReadingStore(memory)
                reading = store
                return store
            })
        store = try #require(reading)
        try scratch.directory("t")
    }

    private static func noise(_ seed: Int, _ count: Int = 100_000) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 7919 &+ seed) >> 3) }
    }

    /// Anybody may have written it.
    private func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = unsafe open(scratch(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try called(file)
        try called(unsafe Int32(Glibc.write(file, bytes, bytes.count)))
        // The snapshot's.
        let times = [timespec(tv_sec: 1, tv_nsec: 7), timespec(tv_sec: 1, tv_nsec: 7)]
        try called(unsafe futimens(file, times))
        try called(fchmod(file, 0o666))
        close(file)
    }

    @Test(
        "stays, whole, where a chunk of the new one cannot be had, with all else that it is",
        arguments: [.always, .ifChanged] as [Overwrite], [false, true])
    func damaged(overwrite: Overwrite, verifies: Bool) async throws {
        let good = craft.chunk(Self.noise(1))
        try await craft.closePack()
        craft.file("f", [good, craft.chunk(Self.noise(2))])
        let snapshot = try await craft.finish()
        store.base.tamper(craft.packs[1]) { $0[500] ^= 1 }
        try write("t/f", Self.noise(1) + Self.noise(2))
        let before = try scratch.status("t/f")
        let options = RestoreOptions(
            overwrite: overwrite, verifies: verifies, limits: RestoreLimits(files: 1, references: 1))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.map(\.path) == [Array("f".utf8)] && summary.worst == .damage && summary.figures.filesRestored == 0)
        #expect(try scratch.tree("t") == ["f"] && scratch.bytes("t/f") == Self.noise(1) + Self.noise(2))
        let after = try scratch.status("t/f")
        #expect(after.inode == before.inode && after.mode == 0o666 && after.modifiedSeconds == 1)
    }

    @Test(
        "makes room for the new one with all that it has, by whatever other names it goes, and be the files open or not",
        arguments: Overwrite.allCases, [1, 256])
    func replaced(overwrite: Overwrite, openFiles: Int) async throws {
        func date(_ entry: inout Entry) { entry.modified = 2_000_000_000 }
        for name in ["a", "b", "c"] { craft.file(name, [craft.chunk(name + "1"), craft.chunk(name + "2")], date) }
        craft.file("empty", [], date)
        let snapshot = try await craft.finish()
        for name in ["t/a", "t/c", "t/empty"] { try write(name, [7, 7, 7]) }
        try called(unsafe link(scratch("t/a"), scratch("t/b")))
        try called(unsafe link(scratch("t/c"), scratch("outside")))
        let options = RestoreOptions(
            overwrite: overwrite, limits: RestoreLimits(references: 3, openFiles: openFiles, readByteCount: 20, gapByteCount: 0))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors == [] && scratch.tree("t") == ["a", "b", "c", "empty"])
        #expect(try scratch.bytes("outside") == [7, 7, 7])
        guard overwrite != .never else { return #expect(try scratch.bytes("t/b") == [7, 7, 7]) }
        for name in ["a", "b", "c"] { #expect(try scratch.text("t/\(name)") == "\(name)1\(name)2") }
        for name in ["a", "b", "c", "empty"] {
            #expect(try scratch.status("t/\(name)").mode == 0o644 && scratch.status("t/\(name)").modifiedSeconds == 2)
        }
        #expect(try scratch.bytes("t/empty") == [] && summary.figures.filesRestored == 4)
    }

    @Test("stands until the new one is whole, and an interrupted restore goes on with what it has left of that")
    func resumed() async throws {
        let chunks = (0..<100).map { Self.noise($0, 10_000) }
        craft.file("f", chunks.map { craft.chunk($0) })
        let snapshot = try await craft.finish()
        try write("t/f", Array("old".utf8))
        let options = RestoreOptions(limits: RestoreLimits(references: 10, readByteCount: 30_000, gapByteCount: 0))
        let listing = snapshot.body.source.listing.map(\.reference.frameByteCount).reduce(0, +)
        store.forget(limit: listing + 600_000)
        await #expect(throws: HoldfastError.self) {
            try await Restore(snapshot, to: try scratch.target(), options: options).run()
        }
        let left = scratch.tree("t")
        #expect(try left.count == 2 && left.last == "f" && scratch.text("t/f") == "old", "\(left)")
        store.forget()
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(store.byteCount - 2 * listing < 600_000, "what is there is not read again")
        #expect(try summary.errors == [] && scratch.tree("t") == ["f"] && scratch.bytes("t/f") == chunks.flatMap(\.self))
    }

    @Test(
        "is replaced by its own bytes also where the snapshot has what such a restore left, be that of several names",
        arguments: [.always, .ifChanged] as [Overwrite], [false, true])
    func restoredLeftover(overwrite: Overwrite, hasNames: Bool) async throws {
        // Of a snapshot before.
        let left = String(decoding: RestoreTarget.pathBeside(Array("f".utf8), of: Random.id()), as: UTF8.self)
        craft.file(left, "left")
        craft.file("f", "snapshot")
        let snapshot = try await craft.finish()
        try write("t/f", Array("old".utf8))
        if hasNames {
            try write("t/\(left)", Array("left".utf8))
            try called(unsafe link(scratch("t/\(left)"), scratch("outside")))
            try called(unsafe link(scratch("t/f"), scratch("another")))
        }
        for _ in 0..<2 {
            let summary = try await Restore(
                snapshot, to: try scratch.target(), options: RestoreOptions(overwrite: overwrite)
            ).run()
            #expect(summary.errors == [] && scratch.tree("t") == [left, "f"])
            #expect(try scratch.text("t/f") == "snapshot" && scratch.text("t/\(left)") == "left")
            try FileManager.default.removeItem(atPath: scratch("t/f"))
            try write("t/f", Array("old".utf8))
        }
    }

    @Test("what a killed restore has left beside it, and nothing can be made of, is in nobody's way", arguments: [false, true])
    func leftover(isLink: Bool) async throws {
        craft.file("f", "snapshot")
        let snapshot = try await craft.finish()
        try write("t/f", Array("old".utf8))
        let beside = String(decoding: RestoreTarget.pathBeside(Array("t/f".utf8), of: snapshot.id), as: UTF8.self)
        try scratch.file("outside", "outside")
        if isLink { try scratch.link(beside, to: "../outside") } else { try write(beside, Array("left".utf8)) }
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(try summary.errors == [] && scratch.tree("t") == ["f"] && scratch.text("t/f") == "snapshot")
        #expect(try scratch.text("outside") == "outside")
    }
}
