import CPosix
import Glibc
package import HoldfastModel

/// The system's tz database.
package enum TimeZoneDatabase {
    /// A zone by its name; nil where there is none of that name that can be read. `UTC` is known where no database is installed,
    /// too.
    package static func zone(named name: String) -> Zone? {
        if name == "UTC" { return .utc }
        guard isName(name), let bytes = bytes(of: "/usr/share/zoneinfo/\(name)") else { return nil }
        return TimeZoneFile(bytes)?.zone(named: name)
    }

    /// No path that leads elsewhere, nor the copies that count leap seconds, nor what is each machine's own.
    private static func isName(_ text: String) -> Bool {
        text != "localtime" && text != "posixrules"
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
            && !text.hasPrefix("right/") && !text.hasPrefix("posix/")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// A file that cannot be read is no zone to us; the largest of the database has a few kilobytes.
    private static func bytes(of path: String) -> [UInt8]? {
        do throws(PosixError) {
            return try OwnedFile(open: path, O_RDONLY).read(at: 0, count: 1 << 16)
        } catch {
            return nil
        }
    }
}
