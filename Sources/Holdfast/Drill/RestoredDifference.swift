import HoldfastModel

/// How a restored file differs from its entry in the listing, its content not looked at.
enum RestoredDifference {
    /// Nil where it does not, as far as whoever restored could bring it back: without privileges owners, and attributes that the system
    /// sets, are not asked for. Inode flags are not compared.
    static func first(between wanted: Entry, and found: Entry, isPrivileged: Bool) -> String? {
        if found.kind != wanted.kind { return "is of another kind (\(found.kind), not \(wanted.kind))" }
        if wanted.kind == .file, found.size != wanted.size { return "has \(found.size) bytes, not \(wanted.size)" }
        if found.linkTarget != wanted.linkTarget { return "leads elsewhere" }
        if found.deviceNumber != wanted.deviceNumber { return "is another device" }
        if isPrivileged, (found.uid, found.gid) != (wanted.uid, wanted.gid) { return "belongs to somebody else" }
        if wanted.kind != .symlink, found.mode != mode(of: wanted, as: found) {
            return "has mode \(octal(found.mode)), not \(octal(mode(of: wanted, as: found)))"
        }
        if found.modified != wanted.modified { return "has another time" }
        return attribute(wanted, found, isPrivileged).map {
            "has another value of attribute \(String(decoding: $0, as: UTF8.self))"
        }
    }

    /// Set-id bits are restored only for the same owner.
    private static func mode(of wanted: Entry, as found: Entry) -> UInt32 {
        let isSameOwner = (found.uid, found.gid) == (wanted.uid, wanted.gid)
        return isSameOwner || wanted.kind == .directory ? wanted.mode : wanted.mode & ~0o6000
    }

    private static func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }

    /// The name of the first that differs. Labels that the system itself puts on every file are not looked at where they were not asked for.
    private static func attribute(_ wanted: Entry, _ found: Entry, _ isPrivileged: Bool) -> [UInt8]? {
        let wanted = wanted.xattrs.filter { isPrivileged || !isOfSystem($0.name) }
        let extra = found.xattrs.first { xattr in !isOfSystem(xattr.name) && !wanted.contains { $0.name == xattr.name } }
        return extra?.name ?? wanted.first { !found.xattrs.contains($0) }?.name
    }

    private static func isOfSystem(_ name: [UInt8]) -> Bool {
        name.starts(with: "trusted.".utf8) || name.starts(with: "security.".utf8)
    }
}
