import HoldfastModel

/// A compiled time zone: a TZif file of version 2 or later (RFC 8536, section 3).
struct TimeZoneFile {
    private let initialOffset: Int64
    private let transitions: [Zone.Transition]
    /// What holds after the last transition; nil where the file has no footer.
    private let rule: TimeZoneRule?

    /// Nil for what is no such file.
    init?(_ bytes: [UInt8]) {
        guard let first = Header(bytes[...]), first.version >= 2 else { return nil }
        // The first block has 32-bit times and is there for old readers alone.
        let rest = bytes.dropFirst(Header.byteCount + first.dataByteCount(timeSize: 4))
        guard let header = Header(rest) else { return nil }
        let data = rest.dropFirst(Header.byteCount)
        guard data.count >= header.dataByteCount(timeSize: 8) else { return nil }

        let times = data.prefix(header.timeCount * 8)
        let types = data.dropFirst(times.count).prefix(header.timeCount)
        let records = data.dropFirst(times.count + types.count).prefix(header.typeCount * 6)
        let offsets = (0..<header.typeCount).map { Int64(Self.integer32(records.dropFirst($0 * 6))) }
        guard let initial = offsets.first, types.allSatisfy({ Int($0) < offsets.count }) else { return nil }
        initialOffset = initial
        transitions = types.enumerated().map { number, type in
            Zone.Transition(
                time: Timestamp(seconds: Self.integer64(times.dropFirst(number * 8))), offset: offsets[Int(type)])
        }
        let footer = data.dropFirst(header.dataByteCount(timeSize: 8)).split(separator: UInt8(ascii: "\n")).first
        rule = footer.flatMap { TimeZoneRule(String(decoding: $0, as: UTF8.self)) }
    }

    func zone(named name: String) -> Zone {
        let last = transitions.last?.time
        let later = (rule?.transitions ?? []).filter { transition in last.map { transition.time > $0 } ?? true }
        return Zone(
            name: name, initialOffset: transitions.isEmpty ? rule?.standardOffset ?? initialOffset : initialOffset,
            transitions: transitions + later)
    }

    /// The counts at the start of each block.
    private struct Header {
        static let byteCount = 44

        let version: UInt8
        let timeCount: Int
        let typeCount: Int
        private let otherCounts: (universal: Int, standard: Int, leaps: Int, characters: Int)

        init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count >= Self.byteCount, bytes.starts(with: Array("TZif".utf8)) else { return nil }
            let digit = bytes[bytes.startIndex + 4]
            guard digit == 0 || digit >= UInt8(ascii: "2") else { return nil }
            version = digit == 0 ? 1 : digit - UInt8(ascii: "0")
            let counts = (0..<6).map { Int(integer32(bytes.dropFirst(20 + $0 * 4))) }
            guard counts.allSatisfy({ (0...65_536).contains($0) }) else { return nil }
            otherCounts = (counts[0], counts[1], counts[2], counts[5])
            (timeCount, typeCount) = (counts[3], counts[4])
        }

        func dataByteCount(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + otherCounts.characters + otherCounts.leaps * (timeSize + 4)
                + otherCounts.standard + otherCounts.universal
        }
    }

    private static func integer32(_ bytes: ArraySlice<UInt8>) -> Int32 {
        Int32(bitPattern: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    }

    private static func integer64(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
