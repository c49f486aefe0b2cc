import CPosix
import Glibc

/// The system's tz database, asked for names alone.
package enum TimeZoneDatabase {
    /// Whether it has a zone of that name. `UTC` is known where no database is installed, too.
    package static func knows(_ zone: String) -> Bool {
        zone == "UTC" || (isName(zone) && isZoneFile("/usr/share/zoneinfo/\(zone)"))
    }

    /// No path that leads elsewhere, nor the copies that count leap seconds.
    private static func isName(_ text: String) -> Bool {
        text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
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

    /// Whether it begins as RFC 8536 says; a file that cannot be read is no zone to us.
    private static func isZoneFile(_ path: String) -> Bool {
        do throws(PosixError) {
            return try OwnedFile(open: path, O_RDONLY).read(at: 0, count: 4) == Array("TZif".utf8)
        } catch {
            return false
        }
    }
}
