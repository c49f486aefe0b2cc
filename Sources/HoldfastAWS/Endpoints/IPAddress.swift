import NIOCore

/// An address of this machine's network, and how far it reaches.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16, in network order.
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads `10.0.0.1` and `fd00::1`.
    package init?(_ text: String) {
        switch try? SocketAddress(ipAddress: text, port: 0) {
        case .v4: self.init(bytes: Self.bytes(v4: text))
        case .v6: self.init(bytes: Self.bytes(v6: text))
        default: return nil
        }
    }

    package var isLoopback: Bool {
        if let mapped { return mapped.isLoopback }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Whether no packet for it leaves the organisation's own networks: RFC 1918, shared (RFC 6598), link-local, loopback, and IPv6's
    /// unique local addresses. AWS gives interface endpoints addresses of the VPC, which may be of any of these.
    package var isPrivate: Bool {
        if let mapped { return mapped.isPrivate }
        if isLoopback { return true }
        guard bytes.count == 4 else {
            return bytes[0] & 0xfe == 0xfc || (bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80)
        }
        switch (bytes[0], bytes[1]) {
        case (10, _), (192, 168), (169, 254): return true
        case (172, 16...31), (100, 64...127): return true
        default: return false
        }
    }

    /// Whether it begins with the same `bits` as `base`.
    func isIn(_ base: IPAddress, bits: Int) -> Bool {
        guard bytes.count == base.bytes.count else { return false }
        return zip(bytes, base.bytes).enumerated().allSatisfy { index, pair in
            let counted = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xff00 >> counted)
            return pair.0 & mask == pair.1 & mask
        }
    }

    /// The IPv4 address in `::ffff:a.b.c.d`.
    private var mapped: IPAddress? {
        guard bytes.count == 16, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff else {
            return nil
        }
        return IPAddress(bytes: Array(bytes[12...]))
    }

    private static func bytes(v4 text: String) -> [UInt8] { text.split(separator: ".").compactMap { UInt8($0) } }

    /// For what was found to be an IPv6 address already.
    private static func bytes(v6 text: String) -> [UInt8] {
        var groups = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if let last = groups.last, last.contains(".") {
            let four = bytes(v4: last)
            groups.removeLast()
            for pair in stride(from: 0, to: four.count - 1, by: 2) {
                groups.append(String(UInt16(four[pair]) << 8 | UInt16(four[pair + 1]), radix: 16))
            }
        }
        let gap = text.contains("::")
        let halves = gap ? groups.firstIndex(of: "").map { ($0, groups.count) } : nil
        func words(_ groups: some Sequence<String>) -> [UInt8] {
            groups.compactMap { UInt16($0, radix: 16) }.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        }
        guard let (index, count) = halves else { return words(groups) }
        let (head, tail) = (words(groups[..<index]), words(groups[index..<count]))
        return head + [UInt8](repeating: 0, count: max(0, 16 - head.count - tail.count)) + tail
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
