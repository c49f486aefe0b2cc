/// How much of a snapshot a drill restores.
package enum DrillAmount: Hashable, Sendable {
    case everything
    case bytes(ByteCount)
    /// Of 100, from 1 on.
    case percent(UInt64)

    package static let standard = Self.bytes(ByteCount(1 << 30))

    /// Reads `all`, `5 %` or `1 GiB`.
    package init?(_ text: String) {
        if text == "all" {
            self = .everything
        } else if text.hasSuffix("%") {
            let number = text.dropLast().filter { $0 != " " }
            guard let percent = UInt64(number), (1...100).contains(percent) else { return nil }
            self = percent == 100 ? .everything : .percent(percent)
        } else {
            guard let count = ByteCount(text), count.bytes > 0 else { return nil }
            self = .bytes(count)
        }
    }

    /// Of a snapshot of so many bytes; nil is all of it.
    package func byteCount(of total: UInt64) -> UInt64? {
        switch self {
        case .everything: return nil
        case .bytes(let count):
            let bytes = UInt64(clamping: count.bytes)
            return bytes < total ? bytes : nil
        case .percent(let percent): return total / 100 * percent + total % 100 * percent / 100
        }
    }

    /// What is enough of a snapshot that stands for an old CMK, of which there may be many: a sixteenth.
    package var forOldCMK: Self {
        if case .bytes(let count) = self { .bytes(ByteCount(max(1, count.bytes / 16))) } else { self }
    }
}

extension DrillAmount: CustomStringConvertible {
    package var description: String {
        switch self {
        case .everything: "all"
        case .bytes(let count): "\(count)"
        case .percent(let percent): "\(percent) %"
        }
    }
}
