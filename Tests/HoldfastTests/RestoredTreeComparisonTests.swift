import CPosix
import Foundation
import Glibc
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Testing

@Suite("What is read back from the disk after a restore")
struct RestoredTreeComparisonTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
    }

    /// With times of whole seconds, so that a test can put them back.
    private func makeSnapshot() async throws -> OpenedSnapshot {
        let craft = RestoreCraft(fixture)
        func timed(_ entry: inout Entry) { entry.modified = 5_000_000_000 }
        func linked(_ entry: inout Entry) { (entry.inode, entry.linkCount, entry.modified) = (7, 2, 5_000_000_000) }
        let (first, second) = (craft.chunk("first"), craft.chunk("second"))
        var later = craft.chunk([UInt8](repeating: 3, count: 5000))
        later.hole = 1 << 20
        var part = craft.chunk("a part of this")
        (part.from, part.take) = (2, 4)
        craft.add("d", .directory, timed).file("d/two", [first, second], timed).file(
            "d/holes", [first, later], tail: 1 << 20, timed)
        craft.file("d/part", [part], timed).file("d/empty", [], timed)
        craft.file("x", [first], linked).file("y", [first], linked)
        craft.add("link", .symlink) { ($0.linkTarget, $0.mode, $0.modified) = (Array("d/two".utf8), 0o777, 5_000_000_000) }
        craft.add("fifo", .fifo, timed)
        return try await craft.finish()
    }

    /// Restores, lets something happen to the target, and compares.
    private func failures(_ sample: DrillSample? = nil, after harm: () throws -> Void) async throws -> RestoreSummary {
        try await failures(of: try await makeSnapshot(), sample, after: harm)
    }

    private func failures(
        of snapshot: OpenedSnapshot, _ sample: DrillSample? = nil, after harm: () throws -> Void
    ) async throws -> RestoreSummary {
        let target = try scratch.target()
        let filter = RestoreFilter(sample: sample)
        let summary = try await Restore(snapshot, to: target, options: RestoreOptions(filter: filter)).run()
        #expect(summary.worst == nil)
        try harm()
        let comparison = try RestoredTreeComparison(
            snapshot, at: scratch("t"), filter: filter, restored: summary, isPrivileged: target.isPrivileged)
        try await comparison.run()
        return comparison.summary
    }

    @Test("is what was restored, where nobody meddles")
    func sound() async throws {
        #expect(try await failures {}.errors == [])
    }

    @Test("a part of the listing that cannot be read any more when the restore is done is told: nobody compared what it tells of")
    func gap() async throws {
        let snapshot = try await makeSnapshot()
        let listing = try #require(snapshot.body.source.listing.first).reference
        let summary = try await failures(of: snapshot) {
            fixture.store.tamper(try snapshot.pack(of: listing).name) { $0[listing.frameRange.lowerBound + 5] ^= 1 }
        }
        #expect(summary.worst == .damage && summary.errorCount == 1, "\(summary.errors)")
        #expect(summary.errors.first?.message.contains("the listing is lost") == true)
    }

    @Test("where more failed than the restore could name, no path is held against the disk: what had no room is no damage")
    func uncounted() async throws {
        let snapshot = try await makeSnapshot()
        let restored = RestoreSummary(
            figures: RestoreProgress().figures, errors: [], errorCount: 1, notes: [])
        _ = try scratch.target()
        let comparison = try RestoredTreeComparison(snapshot, at: scratch("t"), restored: restored, isPrivileged: false)
        try await comparison.run()
        #expect(comparison.summary.errorCount == 0)
    }

    @Test("a file that its owner may not read and that has two names is read under the one, and as it was under the other")
    func unreadable() async throws {
        let craft = RestoreCraft(fixture)
        func linked(_ entry: inout Entry) { (entry.inode, entry.linkCount, entry.mode) = (7, 2, 0o200) }
        let chunk = craft.chunk("first")
        let snapshot = try await craft.file("x", [chunk], linked).file("y", [chunk], linked).finish()
        let target = try scratch.target(isPrivileged: false)
        let summary = try await Restore(snapshot, to: target).run()
        let comparison = try RestoredTreeComparison(snapshot, at: scratch("t"), restored: summary, isPrivileged: false)
        try await comparison.run()
        #expect(comparison.summary.errors == [] && comparison.bytes == 5)
    }

    enum Harm: CaseIterable {
        case flipped, flippedPart, cut, longer, gone, mode, time, directoryMode, directoryTime, directoryGone, otherKind,
            otherLink
        case linkSplit, holeFilled, tailFilled, attribute
    }

    private func harm(_ harm: Harm) throws {
        switch harm {
        case .flipped: try put("F", in: "t/d/two")
        case .flippedPart: try put("X", in: "t/d/part")
        case .cut: try called(unsafe truncate(scratch("t/d/two"), 5))
        case .longer: try called(unsafe truncate(scratch("t/d/empty"), 1))
        case .gone: try called(unsafe unlink(scratch("t/x")))
        case .mode: try called(unsafe chmod(scratch("t/d/two"), 0o600))
        case .time: try scratch.setTime("t/d/two", seconds: 6)
        case .directoryMode: try called(unsafe chmod(scratch("t/d"), 0o700))
        case .directoryTime: try scratch.setTime("t/d", seconds: 6)
        case .directoryGone: try called(unsafe rename(scratch("t/d"), scratch("elsewhere")))
        case .otherKind:
            try called(unsafe unlink(scratch("t/fifo")))
            try scratch.file("t/fifo")
        case .otherLink:
            try called(unsafe unlink(scratch("t/link")))
            try scratch.link("t/link", to: "d/holes")
        case .linkSplit:
            try called(unsafe unlink(scratch("t/y")))
            try scratch.file("t/y", "first")
        case .holeFilled: try put("F", in: "t/d/holes", at: 500_000)
        case .tailFilled: try put("F", in: "t/d/holes", at: 1_500_000)
        case .attribute: try called(unsafe setxattr(scratch("t/d/two"), "user.a", "b", 1, 0))
        }
        for name in ["t/d/two", "t/d/part", "t/d/holes", "t/d/empty", "t/y"] where harm != .time && harm != .directoryGone {
            try scratch.setTime(name, seconds: 5)
        }
        if ![.directoryTime, .directoryGone].contains(harm) { try scratch.setTime("t/d", seconds: 5) }
    }

    private func put(_ text: String, in name: String, at offset: Int = 0) throws {
        let file = unsafe open(scratch(name), O_WRONLY)
        try called(file)
        try called(unsafe Int32(pwrite(file, text, text.utf8.count, offset)))
        close(file)
    }

    private static let paths: [Harm: [String]] = [
        .flipped: ["d/two"], .flippedPart: ["d/part"], .cut: ["d/two"], .longer: ["d/empty"], .gone: ["x"], .mode: ["d/two"],
        .time: ["d/two"], .directoryMode: ["d"], .directoryTime: ["d"],
        // Of the directory nobody knows whether anything was drawn in it; what is missing in it is told.
        .directoryGone: ["d", "d/empty", "d/holes", "d/part", "d/two"],
        .otherKind: ["fifo"], .otherLink: ["link"], .linkSplit: ["y"], .holeFilled: ["d/holes"], .tailFilled: ["d/holes"],
        .attribute: ["d/two"],
    ]

    @Test("whatever is not as it was restored is found, and nothing else", arguments: Harm.allCases)
    func faulty(harm: Harm) async throws {
        let summary = try await failures { try self.harm(harm) }
        #expect(summary.errors.map { String(decoding: $0.path, as: UTF8.self) } == Self.paths[harm], "\(summary.errors)")
        #expect(harm == .directoryGone || summary.worst == .damage)
    }
}
