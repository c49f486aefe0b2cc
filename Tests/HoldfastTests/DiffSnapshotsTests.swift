import CPosix
import Foundation
import Holdfast
import HoldfastModel
import Testing

@Suite("Comparing two snapshots")
struct DiffSnapshotsTests {
    private func diff(_ old: OpenedSnapshot, _ new: OpenedSnapshot) async throws -> (lines: [String], counts: DifferenceCounts) {
        var lines: [String] = []
        let counts = try await DiffSnapshots(from: old, to: new).run { change in
            lines.append("\(change.kind.rawValue) \(String(decoding: change.entry.name, as: UTF8.self))")
        }
        return (lines, counts)
    }

    @Test("every kind of change is told, whether the snapshots are related or not", arguments: [true, false])
    func kinds(isRelated: Bool) async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        for name in ["gone", "kept", "longer", "mode", "turned"] { try source.write([1, 2], to: name) }
        let old = try await cluster.backUp(cluster.request([source.path]))
        try FileManager.default.removeItem(atPath: source.path + "/gone")
        try FileManager.default.removeItem(atPath: source.path + "/turned")
        try FileManager.default.createDirectory(atPath: source.path + "/turned", withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: source.path + "/mode")
        try source.write([1, 2, 3], to: "longer")
        try source.write([9], to: "came")
        var request = cluster.request([source.path], after: 60)
        if !isRelated { request.base = .none }
        let new = try await cluster.backUp(request)
        let result = try await diff(try await cluster.open(old.snapshot), try await cluster.open(new.snapshot))
        #expect(result.lines == ["+ came", "- gone", "M longer", isRelated ? "U mode" : "? mode", "T turned"])
        #expect(result.counts.addedByteCount == 4)
        #expect(result.counts.removedByteCount == 6)
    }

    @Test(
        "bytes that changed under the same size and time show where the snapshots are related, else that they may have",
        arguments: [true, false])
    func sameSize(isRelated: Bool) async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1, 2], to: "file")
        let path = source.path + "/file"
        let modified: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)]
        try FileManager.default.setAttributes(modified, ofItemAtPath: path)
        let old = try await cluster.backUp(cluster.request([source.path]))
        try source.write([3, 4], to: "file")
        try FileManager.default.setAttributes(modified, ofItemAtPath: path)
        var request = cluster.request([source.path], after: 60)
        if !isRelated { request.base = .none }
        let new = try await cluster.backUp(request)
        let result = try await diff(try await cluster.open(old.snapshot), try await cluster.open(new.snapshot))
        #expect(result.lines == [isRelated ? "M file" : "? file"])
    }

    @Test(
        "a large attribute that changed shows, or that it may have where the snapshots are not related; one that was not set does not",
        .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "needs a tmpfs"), arguments: [true, false])
    func largeAttribute(isRelated: Bool) async throws {
        let cluster = try await TestCluster()
        // Few file systems but this have room for it.
        let source = try Scratch(in: "/dev/shm")
        for name in ["changed", "kept"] { try source.write([1], to: name) }
        func set(_ byte: UInt8, on name: String) -> Bool {
            unsafe setxattr(source.path + "/" + name, "user.large", [UInt8](repeating: byte, count: 10_000), 10_000, 0) == 0
        }
        guard set(1, on: "changed"), set(1, on: "kept") else { return print("NOT TESTED: no large attributes here") }
        let old = try await cluster.backUp(cluster.request([source.path]))
        #expect(set(2, on: "changed"))
        var request = cluster.request([source.path], after: 60)
        if !isRelated { request.base = .none }
        let new = try await cluster.backUp(request)
        let lines = try await diff(try await cluster.open(old.snapshot), try await cluster.open(new.snapshot)).lines
        #expect(lines == [isRelated ? "U changed" : "? changed"])
    }

    @Test("a snapshot does not differ from itself")
    func same() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write([1], to: "a")
        let snapshot = try await cluster.open(try await cluster.backUp(cluster.request([source.path])).snapshot)
        #expect(try await diff(snapshot, snapshot).lines.isEmpty)
    }

    @Test("sparse files come to no more bytes than a number can say")
    func sparse() async throws {
        let fixture = try RestoreFixture()
        let without = try await RestoreCraft(fixture).add("src", .directory).finish()
        let craft = RestoreCraft(fixture).add("src", .directory)
        for name in ["a", "b", "c"] { craft.file("src/\(name)", [], tail: UInt64(Int64.max)) }
        let with = try await craft.finish()
        #expect(try await diff(without, with).counts.addedByteCount == .max)
        #expect(try await diff(with, without).counts.removedByteCount == .max)
    }
}
