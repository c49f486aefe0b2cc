import CPosix
import Glibc
import HoldfastModel
import HoldfastStorage
import Testing

@Suite struct RestoreTargetRoundTripTests {
    /// Owner rw, one named user r, group r, mask r, other none: an ACL as the kernel keeps it.
    private static let acl: [UInt8] =
        [2, 0, 0, 0] + [1, 0, 6, 0, 255, 255, 255, 255] + [2, 0, 4, 0, 1, 0, 0, 0] + [4, 0, 4, 0, 255, 255, 255, 255]
        + [16, 0, 4, 0, 255, 255, 255, 255] + [32, 0, 0, 0, 255, 255, 255, 255]

    @Test("every field of metadata makes the way into a listing and back") func roundTrip() throws {
        let scratch = try TreeScratch()
        try Self.populate(scratch)
        let source = try Self.tree(scratch, "s")
        #expect(source.count == (geteuid() == 0 ? 11 : 10))
        let target = try RestoreTarget(directory: scratch("t"))
        let problems = try Self.restore(source, to: target)
        #expect(problems == [])
        let restored = try Self.tree(scratch, "t")
        #expect(restored.map { text($0.path) } == source.map { text($0.path) })
        for (restored, source) in zip(restored, source) { #expect(restored == source) }
    }

    private static func populate(_ scratch: TreeScratch) throws {
        for name in ["s", "t", "s/d", "s/d/closed"] { try scratch.directory(name) }
        for name in ["s/d/f", "s/d/closed/x", "s/setid", "s/acl", "s/old"] { try scratch.file(name, "content of \(name)") }
        try scratch.link("s/link", to: "../nowhere/\u{e4}")
        try made(unsafe mkfifo(scratch("s/fifo"), 0o620))
        try made(unsafe Glibc.link(scratch("s/d/f"), scratch("s/hard")))
        try made(unsafe chmod(scratch("s/d/closed"), 0o1571))
        let attributes = [
            scratch.attribute("s/d/f", "user.x", [1, 0, 2]), scratch.attribute("s/d", "user.dir", Array("d".utf8)),
            scratch.attribute("s/acl", "system.posix_acl_access", Self.acl),
            scratch.attribute("s/d", "system.posix_acl_default", Self.acl),
        ]
        if attributes.contains(false) { print("NOT TESTED: attributes that /tmp lacks: \(attributes)") }
        if geteuid() == 0 { try populateAsRoot(scratch) } else { print("NOT TESTED: owners and devices, without root") }
        try made(unsafe chmod(scratch("s/setid"), 0o6711))
        for (name, seconds, nanoseconds) in [("s/old", -5, 7), ("s/link", 1_000, 999_999_999), ("s/fifo", 1, 1), ("s/d", 2, 0)] {
            let times = [timespec(), timespec(tv_sec: seconds, tv_nsec: nanoseconds)]
            try made(unsafe utimensat(AT_FDCWD, scratch(name), times, AT_SYMLINK_NOFOLLOW))
        }
    }

    private static func populateAsRoot(_ scratch: TreeScratch) throws {
        try made(unsafe mknod(scratch("s/null"), S_IFCHR | 0o666, 0x103))
        try made(unsafe chown(scratch("s/setid"), 1234, 4321))
        try made(unsafe lchown(scratch("s/link"), 77, 78))
        try made(unsafe chown(scratch("s/d/closed"), 1, 2))
        for name in ["s/old", "s/d"] {
            let file = unsafe open(scratch(name), O_RDONLY)
            var flags: Int32 = 0
            let isSet = unsafe posix_get_inode_flags(file, &flags) == 0 && posix_set_inode_flags(file, flags | FS_NODUMP_FL) == 0
            if !isSet { print("NOT TESTED: inode flags of \(name)") }
            close(file)
        }
        for name in ["s/link", "s/fifo", "s/d/f"] {
            if !scratch.attribute(name, "trusted.t", [9]) { print("NOT TESTED: trusted attributes of \(name)") }
        }
    }

    /// The entries below a directory, relative to it, with all metadata but what names this one file system's own numbers.
    private static func tree(_ scratch: TreeScratch, _ name: String) throws -> [Entry] {
        let prefix = scratch.bytes + Array("/\(name)/".utf8)
        return completed(try Walked([scratch(name)]).entries.filter { $0.path.starts(with: prefix) }).map { entry in
            var entry = entry
            entry.path.removeFirst(prefix.count)
            (entry.inode, entry.device, entry.changed, entry.isRacy) = (0, 0, 0, false)
            return entry
        }
    }

    private static func restore(_ entries: [Entry], to target: RestoreTarget) throws -> [RestoreError] {
        var problems: [RestoreError] = []
        for entry in entries {
            switch entry.kind {
            case .directory: try target.makeDirectory(entry.path, replacingNonDirectory: false)
            case .file where text(entry.path) == "hard":
                try target.makeHardLink(from: Array("d/f".utf8), to: entry.path, replacing: false)
            case .file:
                let file = try target.createFile(entry.path, size: entry.size, replacing: false)
                try file.write([UInt8](repeating: 1, count: Int(entry.size)).span, at: 0)
                problems += file.finish(entry)
            case .symlink: try target.makeSymlink(entry.path, target: entry.linkTarget, replacing: false)
            default: try target.makeNode(entry.path, like: entry, replacing: false)
            }
        }
        for entry in entries.reversed() where entry.kind != .file { problems += target.applyMetadata(entry.path, entry) }
        return problems
    }
}
