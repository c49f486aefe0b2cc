/// A POSIX access list, read from the value of the attribute that the kernel keeps it in (`linux/posix_acl_xattr.h`).
struct AccessList {
    private static let version: UInt32 = 2
    private static let headByteCount = 4
    private static let entryByteCount = 8

    /// As GNU tar, libarchive and star read it from a tar: an entry a line, users and groups by their numbers.
    let text: String

    /// Nil for what is none, or of another version.
    init?(_ value: [UInt8]) {
        guard value.count > Self.headByteCount, value.count % Self.entryByteCount == Self.headByteCount,
            Self.number(value[..<Self.headByteCount]) == Self.version
        else { return nil }
        var lines: [String] = []
        for start in stride(from: Self.headByteCount, to: value.count, by: Self.entryByteCount) {
            guard let line = Self.line(value[start..<(start + Self.entryByteCount)]) else { return nil }
            lines.append(line)
        }
        text = lines.joined(separator: "\n")
    }

    private static func line(_ entry: ArraySlice<UInt8>) -> String? {
        let fields = entry.startIndex
        let (tag, rights, id) = (entry[fields..<(fields + 2)], entry[fields + 2], number(entry[(fields + 4)...]))
        let holder: String
        switch number(tag) {
        case 0x01: holder = "user:"
        case 0x02: holder = "user:\(id)"
        case 0x04: holder = "group:"
        case 0x08: holder = "group:\(id)"
        case 0x10: holder = "mask:"
        case 0x20: holder = "other:"
        default: return nil
        }
        let letters = zip("rwx", [4, 2, 1] as [UInt8]).map { letter, bit in rights & bit == 0 ? "-" : String(letter) }
        return "\(holder):\(letters.joined())"
    }

    /// Little-endian.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}
