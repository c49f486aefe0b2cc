import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import Testing

@Suite("A listing")
struct ListingTests {
    static func entry(_ path: String, _ kind: Entry.Kind = .file) -> Entry { Entry(path: Array(path.utf8), kind: kind) }

    static func encode(_ entries: [Entry]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries { try EntryCodec.append(entry, to: &bytes) }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws(FormatError) -> [Entry] {
        var decoder = ListingDecoder()
        return try decoder.decode(bytes)
    }

    @Test("an entry with every field comes back as it was")
    func roundTrip() throws {
        var entry = Self.entry("a/b\u{fffd}", .blockDevice)
        entry.path += [0xff, 0xfe]
        (entry.mode, entry.uid, entry.gid) = (0o6755, 1000, .max)
        (entry.modified, entry.changed) = (-1, .max)
        (entry.inode, entry.device, entry.size, entry.deviceNumber) = (.max, 1, 1 << 50, 77)
        entry.linkTarget = Array("../x".utf8)
        entry.xattrs = [
            ExtendedAttribute(name: Array("user.a".utf8), value: .inline([])),
            ExtendedAttribute(name: Array("user.b".utf8), value: .ref([1, 2, 3])),
        ]
        (entry.ownerName, entry.groupName) = (Array("root".utf8), Array("wheel".utf8))
        (entry.linkCount, entry.inodeFlags, entry.isRacy, entry.content) = (3, 0x10, true, .refLists([9]))
        entry.pageMap = [7, 8]
        #expect(try Self.decode(Self.encode([entry])) == [entry])
    }

    @Test("writers hold the order that readers ask for", arguments: [("a/b", "a/b"), ("a/b", "a"), ("a-b", "a/b")])
    func order(first: String, second: String) throws {
        var order = ListingOrder()
        try order.take([])
        try order.take(Array(first.utf8))
        #expect(throws: FormatError.listingOrder("/\(second) after /\(first)")) { try order.take(Array(second.utf8)) }
    }

    @Test("the root of all has the empty path and stands first")
    func root() throws {
        let entries = [Self.entry("", .directory), Self.entry("a"), Self.entry("a/b"), Self.entry("a-b"), Self.entry("a.b")]
        #expect(try Self.decode(Self.encode(entries)).map(\.displayPath) == ["/", "/a", "/a/b", "/a-b", "/a.b"])
    }

    @Test("entries out of order or twice are refused", arguments: [["b", "a"], ["a", "a"], ["a-b", "a/b"], ["a", ""]])
    func order(paths: [String]) {
        #expect(throws: FormatError.self) { try Self.decode(Self.encode(paths.map { Self.entry($0) })) }
    }

    @Test(
        "a path that no file can have, or that leads out of a target, is refused",
        arguments: ["/a", "a/", "a//b", ".", "..", "a/..", "a/../b", "./a", "a\u{0}b"])
    func paths(path: String) {
        #expect(throws: FormatError.listingOrder("a path that no file can have")) {
            try Self.decode(Self.encode([Self.entry(path)]))
        }
    }

    @Test("no cut of an entry is taken for a whole one")
    func cuts() throws {
        let bytes = try Self.encode([Self.entry("some/path")])
        for count in 1..<bytes.count { #expect(throws: FormatError.self) { try Self.decode(Array(bytes.prefix(count))) } }
    }

    @Test("a field that is critical and unknown is refused; another unknown one is passed over")
    func unknownFields() throws {
        func entry(with fields: UInt64...) -> [UInt8] {
            var message: [UInt8] = []
            message.appendField(1, Array("a".utf8).span)
            message.appendField(2, 1)
            for field in fields { message.appendField(field, 5) }
            return [UInt8(message.count)] + message
        }
        #expect(throws: FormatError.unknownCriticalField(64)) { try Self.decode(entry(with: 64)) }
        #expect(try Self.decode(entry(with: 63)).count == 1)
        // Whether it repeats only its own version knows.
        #expect(try Self.decode(entry(with: 30, 30, 31)).count == 1)
        #expect(throws: FormatError.malformed("an entry's field order")) { try Self.decode(entry(with: 31, 30)) }
    }

    @Test(
        "of an extended attribute likewise, and none has two values",
        arguments: [
            (["name"], [], nil), (["name"], [4, 4, 63], nil), (["name"], [64], .unknownCriticalField(64)),
            (["name"], [2], .malformed("an extended attribute")), (["name", "again"], [], .malformed("an extended attribute")),
        ] as [([String], [UInt64], FormatError?)])
    func xattrFields(names: [String], numbers: [UInt64], fault: FormatError?) {
        var attribute: [UInt8] = []
        for name in names { attribute.appendField(1, Array(name.utf8).span) }
        attribute.appendField(2, Array("value".utf8).span)
        for number in numbers { attribute.appendField(number, 5) }
        var message: [UInt8] = []
        message.appendField(1, Array("a".utf8).span)
        message.appendField(2, 1)
        message.appendField(13, attribute.span)
        let bytes = [UInt8(message.count)] + message
        #expect(Self.fault(bytes) == fault)
    }

    private static func fault(_ bytes: [UInt8]) -> FormatError? {
        do throws(FormatError) {
            _ = try decode(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("an entry that is too long for any reader is not written")
    func unwritable() throws {
        var entry = Self.entry("f")
        let bare = try Self.encode([entry])
        // Number and length of the field, and an entry's length of four bytes instead of one.
        entry.content = .refLists([UInt8](repeating: 7, count: (4 << 20) - bare.count - 6 - 3))
        let longest = try Self.encode([entry])
        #expect(longest.count == 4 << 20)
        #expect(try Self.decode(longest) == [entry])
        entry.linkCount = 1
        var bytes: [UInt8] = [1]
        #expect(throws: FormatError.limit("a listing entry of 4194303 bytes")) { try EntryCodec.append(entry, to: &bytes) }
        #expect(bytes == [1])
        #expect(throws: FormatError.self) { try UnfinishedFile(entry: entry, byteCount: 0, references: []) }
    }

    @Test("a listing chunk that is just not full takes the longest entry and fits a chunk")
    func longChunk() throws {
        var cutter = ListingCutter(cutKey: Secret(copying: [UInt8](repeating: 3, count: 32).span))
        var entries = [Self.entry("a"), Self.entry("b")]
        let bare = try Self.encode([entries[0]]).count
        for (index, count) in [(4 << 20) - 1, 4 << 20].enumerated() {
            entries[index].content = .refLists([UInt8](repeating: 7, count: count - bare - 6 - 3))
        }
        let first = try cutter.add(entries[0])
        #expect(first == nil)
        let chunk = try #require(try cutter.add(entries[1]))
        #expect(chunk.plaintext.count == (8 << 20) - 1)
        #expect(chunk.plaintext.count <= ChunkReference.maximumPlainByteCount)
    }

    @Test("boundaries depend on names: entries added in front leave later chunks as they are")
    func boundaries() throws {
        func chunks(_ entries: [Entry]) throws -> [[UInt8]] {
            var cutter = ListingCutter(cutKey: Secret(copying: [UInt8](repeating: 3, count: 32).span))
            var chunks = try entries.compactMap { try cutter.add($0)?.plaintext }
            if let last = cutter.finish() { chunks.append(last.plaintext) }
            return chunks
        }
        let entries = (0..<40_000).map { Self.entry("d/\(100_000 + $0)") }
        let (before, after) = (try chunks(entries), try chunks([Self.entry("c")] + entries))
        #expect(before.count > 4)
        #expect(Set(before).subtracting(after).count <= 1)
    }

    @Test(
        "a reference outside its limits is refused",
        arguments: [
            (8, 0, 1, 0, 0), (8, 2, 1, 0, 0), (7, 1, 1, 0, 0), (8, 1, 8 << 20 + 1, 0, 0), (8, 1, 10, 5, 6), (8, 1, 10, 11, 0),
            (256 << 20, 1, 1, 0, 0),
        ] as [(UInt32, UInt32, UInt32, UInt32, UInt32)])
    func limits(offset: UInt32, stored: UInt32, plain: UInt32, from: UInt32, take: UInt32) {
        let reference = ChunkReference(
            packNumber: 1, offset: offset, storedByteCount: stored, plainByteCount: plain, from: from, take: take,
            hash: SHA256.hash([1].span))
        #expect(throws: FormatError.self) { try ChunkReferences.decode(ChunkReferences.encode([reference])) }
    }

    @Test("references come back as they were")
    func references() throws {
        let hash = SHA256.hash([1].span)
        let references = [
            ChunkReference(packNumber: 1, offset: 8, storedByteCount: 5, plainByteCount: 5, hash: hash),
            ChunkReference(
                hole: 1 << 40, packNumber: .max, offset: 100, storedByteCount: 5, plainByteCount: 4096, from: 10, take: 20,
                hash: hash),
        ]
        #expect(try ChunkReferences.decode(ChunkReferences.encode(references)) == references)
    }
}
