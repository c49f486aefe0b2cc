import CPosix
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct TreeSourceFileTests {
    private func entry(_ scratch: TreeScratch, _ name: String) throws -> Entry {
        try #require(try Walked([scratch(name)]).entries.last)
    }

    @Test("the data of a sparse file are its extents; a plain file is one") func extents() throws {
        let scratch = try TreeScratch()
        try scratch.file("plain", "hello")
        let file = unsafe open(scratch("sparse"), O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        try made(unsafe Int32(pwrite(file, "data", 4, 1 << 20)))
        try made(ftruncate(file, 3 << 20))
        let plain = try SourceFile(opening: try entry(scratch, "plain"))
        #expect(try plain.nextExtent(from: 0) == 0..<5)
        #expect(try plain.nextExtent(from: 2) == 2..<5)
        #expect(try plain.nextExtent(from: 5) == nil)
        let sparse = try SourceFile(opening: try entry(scratch, "sparse"))
        let extent = try #require(try sparse.nextExtent(from: 0))
        #expect(extent.lowerBound > 0 && extent.contains(1 << 20) && extent.upperBound < 3 << 20)
        #expect(try sparse.nextExtent(from: extent.upperBound) == nil)
    }

    @Test("a hole is one beside an attribute that takes as many blocks as it spares") func holeBesideAttribute() throws {
        let scratch = try TreeScratch()
        let file = unsafe open(scratch("f"), O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        var status = stat()
        try made(unsafe fstat(file, &status))
        let block = Int(status.st_blksize)
        try made(unsafe Int32(pwrite(file, [UInt8](repeating: 1, count: block), block, block)))
        guard scratch.attribute("f", "user.x", [UInt8](repeating: 7, count: 900)) else {
            return print("NOT TESTED: no user attributes in /tmp")
        }
        let found = try SourceFile(opening: try entry(scratch, "f")).nextExtent(from: 0)
        #expect(try #require(found).lowerBound > 0)
    }

    @Test("a read fills its buffer and is short only at the end") func reading() throws {
        let scratch = try TreeScratch()
        try scratch.file("f", "0123456789")
        let file = try SourceFile(opening: try entry(scratch, "f"))
        file.adviseSequential()
        var bytes = [UInt8](repeating: 0, count: 4)
        var span = bytes.mutableSpan
        #expect(try file.read(into: &span, at: 2) == 4)
        #expect(text(bytes) == "2345")
        span = bytes.mutableSpan
        #expect(try file.read(into: &span, at: 8) == 2)
        span = bytes.mutableSpan
        #expect(try file.read(into: &span, at: 10) == 0)
    }

    @Test("a change while a file is open shows in what stat tells") func changed() throws {
        let scratch = try TreeScratch()
        try scratch.file("f", "before")
        let before = try entry(scratch, "f")
        let file = try SourceFile(opening: before)
        try scratch.file("f", "and after")
        #expect(file.opened.size == 6)
        let after = try file.restat()
        #expect(after.size == 9 && before.size == 6 && after.identity == before.identity)
    }

    @Test("a file that is gone has vanished; another one, a link or a FIFO in its place is refused without waiting")
    func replaced() throws {
        let scratch = try TreeScratch()
        try scratch.file("f")
        try scratch.file("g")
        let before = try entry(scratch, "f")
        func refusal() -> SourceProblem.What? {
            do throws(SourceError) {
                _ = try SourceFile(opening: before)
                return nil
            } catch {
                return error.what
            }
        }
        #expect(refusal() == nil)
        try made(unsafe unlink(scratch("f")))
        #expect(refusal() == .vanished)
        try made(unsafe mkfifo(scratch("f"), 0o600))
        #expect(refusal() == .replaced)
        try made(unsafe unlink(scratch("f")))
        try scratch.link("f", to: "g")
        #expect(refusal() == .replaced)
        try made(unsafe rename(scratch("g"), scratch("f")))
        #expect(refusal() == .replaced)
    }

    @Test("attributes, link target and names complete an entry") func metadata() throws {
        let scratch = try TreeScratch()
        try scratch.file("f")
        let target = String(repeating: "t", count: 3000)
        try scratch.link("l", to: target)
        let hasAttributes = scratch.attribute("f", "user.b", [0, 255]) && scratch.attribute("f", "user.a", [])
        var file = try entry(scratch, "f")
        file.isRacy = false
        #expect(Metadata.complete(&file).isEmpty && !file.isRacy)
        #expect(text(file.ownerName) == "root" || geteuid() != 0)
        if hasAttributes {
            #expect(
                file.xattrs == [
                    ExtendedAttribute(name: Array("user.a".utf8), value: .inline([])),
                    ExtendedAttribute(name: Array("user.b".utf8), value: .inline([0, 255])),
                ])
        } else {
            print("NOT TESTED: no user attributes in /tmp")
        }
        var opened = try entry(scratch, "f")
        #expect(Metadata.complete(&opened, from: try SourceFile(opening: opened)).isEmpty)
        opened.isRacy = false
        #expect(opened == file)
        var link = try entry(scratch, "l")
        #expect(Metadata.complete(&link).isEmpty)
        #expect(text(link.linkTarget) == target)
    }

    @Test("completing what has vanished or was replaced says so") func vanished() throws {
        let scratch = try TreeScratch()
        try scratch.file("f")
        try scratch.link("l", to: "f")
        var (file, link) = (try entry(scratch, "f"), try entry(scratch, "l"))
        try made(unsafe unlink(scratch("f")))
        try made(unsafe rename(scratch("l"), scratch("f")))
        (file.isRacy, link.isRacy) = (false, false)
        #expect(Metadata.complete(&link).map(\.what) == [.vanished])
        #expect(Metadata.complete(&file).map(\.what) == [.replaced])
        #expect(file.isRacy && link.isRacy, "what was not read is to be asked for again")
    }

    @Test("a file and a directory that may not be read are reported, and the rest goes on") func unreadable() async {
        await #expect(processExitsWith: .success) {
            let scratch = try TreeScratch()
            try scratch.directory("closed", mode: 0)
            try scratch.directory("open")
            try scratch.file("open/secret")
            try made(unsafe chmod(scratch("open/secret"), 0))
            if geteuid() == 0 { try made(seteuid(65534)) }
            let walked = try Walked([scratch.path])
            let secret = try #require(walked.entries.last)
            var refused: SourceProblem?
            do throws(SourceError) { _ = try SourceFile(opening: secret) } catch { refused = error }
            if getuid() == 0 { try made(seteuid(0)) }
            #expect(walked.names(below: scratch) == ["closed", "open", "open/secret"])
            #expect(walked.problems.count == 1)
            #expect(try #require(walked.problems.first).message.hasSuffix("Permission denied"))
            #expect(refused?.message == "open: Permission denied")
        }
    }
}
