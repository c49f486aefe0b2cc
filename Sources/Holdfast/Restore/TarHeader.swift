import HoldfastModel

/// One member's header in a tar stream: POSIX ustar, with a pax header before it for what that cannot hold: long or
/// large values, fractions of seconds, extended attributes (as `SCHILY.xattr.`, which GNU tar, libarchive and star read; what would end the
/// key is escaped as GNU tar does it), access lists as `SCHILY.acl.`.
///
/// Names are raw bytes, UTF-8 or not.
struct TarHeader {
    static let blockByteCount = 512
    private static let longestName = 100
    private static let largestSize: UInt64 = 0o77_777_777_777
    private static let largestNumber: UInt64 = 0o7_777_777
    private static let nanosecondsPerSecond: Int64 = 1_000_000_000
    /// By the names of the attributes that hold them. `tar` takes no other form for one.
    private static let accessListKeys = [
        Array("system.posix_acl_access".utf8): "SCHILY.acl.access",
        Array("system.posix_acl_default".utf8): "SCHILY.acl.default",
    ]

    private let entry: Entry
    private let name: [UInt8]
    private let linkName: [UInt8]
    private let isHardLink: Bool

    /// `linkedTo` is the member that a hard link names.
    init(_ entry: Entry, name: [UInt8], linkedTo first: [UInt8]?) {
        self.entry = entry
        self.name = entry.kind == .directory ? name + [UInt8(ascii: "/")] : name
        linkName = first ?? entry.linkTarget
        isHardLink = first != nil
    }

    /// Zeros up to the next block.
    static func padding(afterByteCount count: UInt64) -> [UInt8] {
        [UInt8](repeating: 0, count: (blockByteCount - Int(count % UInt64(blockByteCount))) % blockByteCount)
    }

    /// The header's blocks, the pax header first where there is one.
    func encoded() -> [UInt8] {
        let records = paxRecords()
        guard !records.isEmpty else { return block() }
        let pax = TarBlock(
            name: Array("PaxHeaders/".utf8) + name.prefix(80), type: UInt8(ascii: "x"), size: UInt64(records.count))
        return pax.encoded() + records + Self.padding(afterByteCount: UInt64(records.count)) + block()
    }

    private var size: UInt64 { entry.kind == .file && !isHardLink ? entry.size : 0 }
    private var seconds: Int64 {
        entry.modified / Self.nanosecondsPerSecond - (entry.modified % Self.nanosecondsPerSecond < 0 ? 1 : 0)
    }

    private func paxRecords() -> [UInt8] {
        var records = PaxRecords()
        if name.count > Self.longestName { records.add("path", name) }
        if linkName.count > Self.longestName { records.add("linkpath", linkName) }
        if size > Self.largestSize { records.add("size", "\(size)") }
        if UInt64(entry.uid) > Self.largestNumber { records.add("uid", "\(entry.uid)") }
        if UInt64(entry.gid) > Self.largestNumber { records.add("gid", "\(entry.gid)") }
        if entry.ownerName.count > TarBlock.longestAccount { records.add("uname", entry.ownerName) }
        if entry.groupName.count > TarBlock.longestAccount { records.add("gname", entry.groupName) }
        if seconds < 0 || UInt64(seconds) > Self.largestSize || entry.modified % Self.nanosecondsPerSecond != 0 {
            records.add("mtime", Self.decimal(entry.modified))
        }
        for xattr in entry.xattrs where !isHardLink {
            guard case .inline(let value) = xattr.value else { continue }
            if let key = Self.accessListKeys[xattr.name], let list = AccessList(value) {
                records.add(key, list.text)
            } else {
                records.add(Array("SCHILY.xattr.".utf8) + Self.escaped(xattr.name), value)
            }
        }
        return records.bytes
    }

    /// A key ends at the first `=`.
    private static func escaped(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "%"): Array("%25".utf8)
            case UInt8(ascii: "="): Array("%3D".utf8)
            default: [byte]
            }
        }
    }

    /// Seconds with nine digits after the point.
    private static func decimal(_ nanoseconds: Int64) -> String {
        let (seconds, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: UInt64(nanosecondsPerSecond))
        let fraction = String(rest)
        return (nanoseconds < 0 ? "-" : "") + "\(seconds)." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }

    private func block() -> [UInt8] {
        var block = TarBlock(name: name, type: type, size: min(size, Self.largestSize))
        block.mode = UInt64(entry.mode)
        block.uid = min(UInt64(entry.uid), Self.largestNumber)
        block.gid = min(UInt64(entry.gid), Self.largestNumber)
        block.seconds = min(UInt64(max(0, seconds)), Self.largestSize)
        block.linkName = linkName
        block.owner = entry.ownerName
        block.group = entry.groupName
        if entry.kind == .characterDevice || entry.kind == .blockDevice {
            block.device = (entry.deviceNumber.major, entry.deviceNumber.minor)
        }
        return block.encoded()
    }

    private var type: UInt8 {
        if isHardLink { return UInt8(ascii: "1") }
        return switch entry.kind {
        case .file, .socket: UInt8(ascii: "0")
        case .symlink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .directory: UInt8(ascii: "5")
        case .fifo: UInt8(ascii: "6")
        }
    }
}

extension UInt64 {
    /// Of a device number, as Linux packs it.
    fileprivate var major: UInt64 { (self >> 8) & 0xfff | (self >> 32) & 0xffff_f000 }
    fileprivate var minor: UInt64 { self & 0xff | (self >> 12) & 0xffff_ff00 }
}
