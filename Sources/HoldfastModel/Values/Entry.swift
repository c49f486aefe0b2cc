/// One line of a listing: a file, directory, link or device as it was when the snapshot was taken.
///
/// Field numbers and meanings: `docs/FORMAT.md`, section 4.
package struct Entry: Hashable, Sendable {
    package enum Kind: UInt8, Sendable, CaseIterable {
        case file = 1
        case directory, symlink, fifo, socket, characterDevice, blockDevice
    }

    /// The path's raw bytes from the root, without the leading slash; no Unicode normalisation. Empty for the root itself.
    package var path: [UInt8]
    package var kind: Kind
    /// Permission bits, set-id bits and the sticky bit: `st_mode & 0o7777`.
    package var mode: UInt32
    package var uid: UInt32
    package var gid: UInt32
    /// Nanoseconds since 1970.
    package var modified: Int64
    /// Nanoseconds since 1970; for change detection only.
    package var changed: Int64
    package var inode: UInt64
    package var device: UInt64
    /// Bytes; 0 for all but regular files.
    package var size: UInt64
    package var linkTarget: [UInt8]
    package var deviceNumber: UInt64
    package var xattrs: [ExtendedAttribute]
    package var ownerName: [UInt8]
    package var groupName: [UInt8]
    package var linkCount: UInt64
    /// `FS_IOC_GETFLAGS`: immutable, append-only and the like; 0 where the file system has none.
    package var inodeFlags: UInt32
    /// Its ctime lay so close to its stat that a later change could have the same one: read again next time.
    package var isRacy: Bool
    package var content: FileContent
    /// Packed references to the chunks that hold the hashes of a database file's pages, in their order; empty where there are none.
    package var pageMap: [UInt8]

    package init(path: [UInt8], kind: Kind) {
        self.path = path
        self.kind = kind
        (mode, uid, gid, modified, changed, inode, device, size) = (0, 0, 0, 0, 0, 0, 0, 0)
        (linkTarget, deviceNumber, xattrs, ownerName, groupName) = ([], 0, [], [], [])
        (linkCount, inodeFlags, isRacy, content, pageMap) = (0, 0, false, .refs([]), [])
    }

    /// The last component.
    package var name: ArraySlice<UInt8> {
        path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]
    }

    /// The path as text for people and JSON; bytes that are not UTF-8 become U+FFFD.
    package var displayPath: String { path.displayPath }
}

/// Where a file's bytes are.
package enum FileContent: Hashable, Sendable {
    /// Packed references to chunks (field 17), in the file's order.
    case refs([UInt8])
    /// Packed references to chunks that hold packed references (field 21): for files with very many chunks.
    case refLists([UInt8])
}

/// A named value beside a file; ACLs are extended attributes too.
package struct ExtendedAttribute: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case inline([UInt8])
        /// One packed reference to a chunk of domain `X`, for values over 4 KiB.
        case ref([UInt8])
    }

    package let name: [UInt8]
    package var value: Value

    package init(name: [UInt8], value: Value) {
        self.name = name
        self.value = value
    }
}

/// The order of listings: by path with `/` before every other byte, so a directory's contents follow it directly.
package enum PathOrder {
    package static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { compare(a, b) < 0 }

    /// Below, at or above zero as `a` comes before, with or after `b`.
    package static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
        let (a, b) = (a.span, b.span)
        for index in 0..<min(a.count, b.count) where a[index] != b[index] {
            return rank(a[index]) - rank(b[index])
        }
        return a.count - b.count
    }

    private static func rank(_ byte: UInt8) -> Int { byte == UInt8(ascii: "/") ? 0 : Int(byte) }
}
