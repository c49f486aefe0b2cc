import CPosix
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct RewritableFileTests {
    /// A file as it was found, and the one that the snapshot has.
    struct Case: Sendable {
        var mode: UInt32 = 0o644
        var uid: UInt32 = 7
        var gid: UInt32 = 70
        var links: UInt64 = 1
        var newMode: UInt32 = 0o644
        var newUID: UInt32 = 7
        var newGID: UInt32 = 70
        var user: UInt32 = 0
        var group: UInt32 = 0
        var isPrivileged = true
        var kind = Entry.Kind.file
        let answer: Bool
    }

    @Test(
        "bytes go into a file that is there only where nobody else could read them",
        arguments: [
            Case(answer: true), Case(links: 2, answer: false), Case(kind: .fifo, answer: false),
            Case(uid: 8, answer: false), Case(uid: 0, gid: 70, answer: true), Case(gid: 71, answer: false),
            Case(mode: 0o600, uid: 0, gid: 0, answer: true), Case(mode: 0o604, gid: 71, answer: true),
            Case(mode: 0o666, answer: false), Case(newMode: 0o600, answer: false), Case(newMode: 0o640, answer: false),
            Case(mode: 0o700, newMode: 0o400, answer: true),
            Case(uid: 8, user: 7, group: 70, isPrivileged: false, answer: false),
            Case(user: 7, group: 70, isPrivileged: false, answer: true),
            Case(user: 7, group: 71, isPrivileged: false, answer: false),
            Case(newUID: 9, newGID: 9, user: 7, group: 70, isPrivileged: false, answer: true),
            Case(user: 8, group: 70, isPrivileged: false, answer: false),
        ])
    func rule(_ example: Case) {
        var (found, wanted) = (Entry(path: [0x66], kind: example.kind), Entry(path: [0x66], kind: .file))
        (found.mode, found.uid, found.gid, found.linkCount) = (example.mode, example.uid, example.gid, example.links)
        (wanted.mode, wanted.uid, wanted.gid) = (example.newMode, example.newUID, example.newGID)
        let account = RestoringAccount(user: example.user, group: example.group, isPrivileged: example.isPrivileged)
        #expect(found.mayBeRewritten(as: wanted, by: account) == example.answer)
    }

    private func entry() -> Entry {
        var entry = Entry(path: [0x66], kind: .file)
        (entry.mode, entry.uid, entry.gid) = (0o644, geteuid(), getegid())
        return entry
    }

    @Test("a file to be rewritten is opened as it is, and shut to all others before its first change") func opening() throws {
        let scratch = try TreeScratch()
        try scratch.directory("t")
        try scratch.file("t/f", "12345")
        try made(unsafe chmod(scratch("t/f"), 0o644))
        let old = [timespec(tv_sec: 5, tv_nsec: 0), timespec(tv_sec: 5, tv_nsec: 0)]
        try made(unsafe utimensat(AT_FDCWD, scratch("t/f"), old, 0))
        let target = try RestoreTarget(directory: scratch("t"))
        let found = try #require(try target.openToRewrite([0x66], as: entry()))
        #expect(try found.byteCount == 5 && target.existing([0x66])?.mode == 0o644)
        try found.file.beginRewriting()
        let begun = try #require(try target.existing([0x66]))
        #expect(begun.mode == 0o600 && begun.modified > 5_000_000_000)
        #expect(begun.identity == found.identity)
    }

    @Test("what is no file of its own is not opened: a link, a FIFO, a directory, nothing, and what runs or has an access list")
    func notOpened() throws {
        let scratch = try TreeScratch()
        for name in ["t", "t/d"] { try scratch.directory(name) }
        try scratch.file("out", "outside")
        try scratch.link("t/l", to: "../out")
        try made(unsafe mkfifo(scratch("t/p"), 0o644))
        let target = try RestoreTarget(directory: scratch("t"))
        for name in ["l", "p", "d", "none"] { #expect(try target.openToRewrite(Array(name.utf8), as: entry()) == nil, "\(name)") }
        try scratch.file("t/a", "text")
        // Version 2; owner, user 12345, group, mask and others may read.
        let list: [UInt8] = [
            2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 57, 48, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255,
            16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 4, 0, 255, 255, 255, 255,
        ]
        guard scratch.attribute("t/a", "system.posix_acl_access", list) else {
            return print("NOT TESTED: access lists, which /tmp lacks")
        }
        #expect(try target.openToRewrite([0x61], as: entry()) == nil)
    }
}
