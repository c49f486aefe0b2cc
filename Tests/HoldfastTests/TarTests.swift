import CPosix
import Foundation
import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct TarTests {
    @Test("GNU tar reads back what a directory was: names, links, times, large files") func extracted() async throws {
        let scratch = try RestoreScratch()
        let long = String(repeating: "long name ", count: 20)
        for name in ["s", "s/d", "s/d/\(long)", "x"] { try scratch.directory(name) }
        for name in ["s/d/f", "s/d/\(long)/g", "s/\u{e4}\u{1f600}"] { try scratch.file(name, "content of \(name)") }
        try scratch.file("s/large", String(repeating: "0123456789abcdef\n", count: 100_000))
        try scratch.link("s/l", to: String(repeating: "far/", count: 50))
        try FileManager.default.linkItem(atPath: scratch("s/d/f"), toPath: scratch("s/hard"))
        let hasAttributes = unsafe setxattr(scratch("s/d/f"), "user.a=b%3Dc", "v=", 2, 0) == 0
        if !hasAttributes { print("NOT TESTED: no user attributes in /tmp") }
        for name in ["s/d/f", "s/l"] { try scratch.setTime(name, seconds: 12_345) }
        let snapshot = try await RestoreFixture().backup(scratch("s"), witness: scratch("w"))
        var bytes: [UInt8] = []
        _ = try await Dump(snapshot).run(Array(scratch("s").utf8)) { bytes.append(contentsOf: $0) }
        #expect(bytes.count % 512 == 0)
        try Data(bytes).write(to: URL(filePath: scratch("tar")))
        try tar(["-xpf", scratch("tar"), "-C", scratch("x"), "--xattrs"])
        let (source, extracted) = (scratch.entries("s"), scratch.entries("x"))
        #expect(extracted.map(\.displayPath) == source.map(\.displayPath))
        for (extracted, source) in zip(extracted, source) { #expect(extracted == source) }
        for name in ["large", "d/\(long)/g", "hard"] { #expect(try scratch.bytes("x/\(name)") == scratch.bytes("s/\(name)")) }
        #expect(try scratch.status("x/hard").inode == scratch.status("x/d/f").inode)
    }

    @Test("GNU tar reads access lists back") func accessLists() async throws {
        let scratch = try RestoreScratch()
        for name in ["s", "s/d", "x"] { try scratch.directory(name) }
        try scratch.file("s/f")
        // Version 2; owner, user 1 and user 4,000,000,000, group, group 12, mask and others, of whom each may something else.
        let list: [UInt8] = [
            2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 1, 0, 1, 0, 0, 0, 2, 0, 5, 0, 0, 40, 107, 238,
            4, 0, 4, 0, 255, 255, 255, 255, 8, 0, 2, 0, 12, 0, 0, 0, 16, 0, 7, 0, 255, 255, 255, 255,
            32, 0, 0, 0, 255, 255, 255, 255,
        ]
        for (name, kind) in [("s/f", "access"), ("s/d", "access"), ("s/d", "default")] {
            guard unsafe setxattr(scratch(name), "system.posix_acl_\(kind)", list, list.count, 0) == 0 else {
                return print("NOT TESTED: access lists, which /tmp lacks")
            }
        }
        let snapshot = try await RestoreFixture().backup(scratch("s"), witness: scratch("w"))
        var bytes: [UInt8] = []
        _ = try await Dump(snapshot).run(Array(scratch("s").utf8)) { bytes.append(contentsOf: $0) }
        try Data(bytes).write(to: URL(filePath: scratch("tar")))
        try tar(["-xpf", scratch("tar"), "-C", scratch("x"), "--xattrs", "--acls"])
        #expect(scratch.entries("x").map(\.xattrs) == scratch.entries("s").map(\.xattrs))
        #expect(scratch.entries("x").map(\.mode) == scratch.entries("s").map(\.mode))
    }

    @Test(
        "what is no access list that a tar can tell of stands as the attribute that it is",
        arguments: [[], [2, 0, 0, 0, 1], [3, 0, 0, 0], [2, 0, 0, 0, 64, 0, 6, 0, 255, 255, 255, 255]] as [[UInt8]])
    func foreignAccessList(value: [UInt8]) async throws {
        let craft = RestoreCraft(try RestoreFixture())
        craft.add("f", .file) { entry in
            entry.xattrs = [ExtendedAttribute(name: Array("system.posix_acl_access".utf8), value: .inline(value))]
        }
        let snapshot = try await craft.finish()
        var head: [UInt8] = []
        _ = try await Dump(snapshot).run([]) { if head.count < 2048 { head.append(contentsOf: $0) } }
        let record = Array(" SCHILY.xattr.system.posix_acl_access=".utf8) + value + [10]
        #expect(head.indices.contains { head[$0...].starts(with: record) })
    }

    @Test("values that ustar cannot hold stand in a pax header") func pax() async throws {
        let craft = RestoreCraft(try RestoreFixture())
        craft.add("f", .file) { entry in
            (entry.uid, entry.gid, entry.modified, entry.size) = (4_000_000_000, 3_000_000, -1, 9 << 30)
            entry.xattrs = [ExtendedAttribute(name: Array("user.a".utf8), value: .inline([0, 10, 61]))]
            entry.ownerName = Array(String(repeating: "o", count: 40).utf8)
        }
        let snapshot = try await craft.finish()
        var head: [UInt8] = []
        _ = try await Dump(snapshot).run([]) { if head.count < 2048 { head.append(contentsOf: $0) } }
        let text = String(decoding: head, as: UTF8.self)
        for record in ["19 size=9663676416\n", "18 uid=4000000000\n", "15 gid=3000000\n", "22 mtime=-0.000000001\n"] {
            #expect(text.contains(record), "\(record)")
        }
        let attribute = Array("27 SCHILY.xattr.user.a=".utf8) + [0, 10, 61, 10]
        #expect(head.indices.contains { head[$0...].starts(with: attribute) })
        #expect(text.contains("uname=" + String(repeating: "o", count: 40)))
    }

    private func tar(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/tar")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
