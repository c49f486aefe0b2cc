/// The name of one object in a repository, relative to its root: `snapshots/<id>/0`, `packs/<id>/<sha256>`.
///
/// Made only from the forms below, so no name can lead out of the repository. Layout: `docs/FORMAT.md`.
package struct ObjectName: Hashable, Comparable, Sendable {
    package let text: String

    private init(_ text: String) { self.text = text }

    package static let repository = ObjectName("holdfast.json")
    package static func keyRecord(_ n: Int) -> ObjectName { ObjectName("keys/\(n)") }
    package static func record(_ n: Int, of snapshot: SnapshotID) -> ObjectName { ObjectName("snapshots/\(snapshot)/\(n)") }
    package static func pack(_ id: Digest, of owner: SnapshotID) -> ObjectName { ObjectName("packs/\(owner)/\(id)") }
    package static func checkpoint(_ snapshot: SnapshotID) -> ObjectName { ObjectName("checkpoints/\(snapshot)") }
    package static func purge(_ n: Int) -> ObjectName { ObjectName("purges/\(n)") }
    /// What is written and has no name yet.
    package static func temporary(_ id: SnapshotID) -> ObjectName { ObjectName("tmp/\(id)") }
    package static func probe(_ id: SnapshotID) -> ObjectName { ObjectName("tmp/probe-\(id)") }

    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    /// A name as a store lists it; nil for what this layout does not know.
    package init?(listed text: String) {
        guard Parsed(text) != nil else { return nil }
        self.init(text)
    }

    /// What a name says, taken apart.
    package enum Parsed: Hashable, Sendable {
        case repository
        case keyRecord(Int)
        case record(Int, of: SnapshotID)
        case pack(Digest, of: SnapshotID)
        case checkpoint(SnapshotID)
        case purge(Int)
        case probe

        /// A million packs are listed at once, so the names of packs and records are read without a copy.
        fileprivate init?(_ text: String) {
            let digits = text.utf8.span
            if text.hasPrefix("packs/"), let owner = Self.id(digits, after: 6) {
                guard let id = Digest(hexDigits: digits.extracting(39...)) else { return nil }
                self = .pack(id, of: owner)
            } else if text.hasPrefix("snapshots/"), let id = Self.id(digits, after: 10) {
                guard let n = ObjectName.number(digits.extracting(43...)) else { return nil }
                self = .record(n, of: id)
            } else if text.hasPrefix("keys/"), let n = ObjectName.number(digits.extracting(5...)) {
                self = .keyRecord(n)
            } else if text.hasPrefix("checkpoints/"), let id = SnapshotID(hexDigits: digits.extracting(12...)) {
                self = .checkpoint(id)
            } else if text.hasPrefix("purges/"), let n = ObjectName.number(digits.extracting(7...)) {
                self = .purge(n)
            } else if text.hasPrefix("tmp/probe-"), !text.utf8.dropFirst(4).contains(UInt8(ascii: "/")) {
                self = .probe
            } else if text == "holdfast.json" {
                self = .repository
            } else {
                return nil
            }
        }

        /// The id that stands at `start`, where a slash follows it.
        private static func id(_ digits: Span<UInt8>, after start: Int) -> SnapshotID? {
            let end = start + 2 * SnapshotID.byteCount
            guard digits.count > end, digits[end] == UInt8(ascii: "/") else { return nil }
            return SnapshotID(hexDigits: digits.extracting(start..<end))
        }
    }

    package var parsed: Parsed? { Parsed(text) }

    /// Decimal without leading zeros, at most nine digits.
    private static func number(_ digits: Span<UInt8>) -> Int? {
        guard (1...9).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0") else { return nil }
        var number = 0
        for index in digits.indices {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) else { return nil }
            number = 10 * number + Int(digits[index] - UInt8(ascii: "0"))
        }
        return number
    }
}

extension ObjectName: CustomStringConvertible {
    package var description: String { text }
}

/// A part of a repository that can be listed.
package enum ObjectPrefix: Hashable, Sendable {
    case keys
    case snapshots
    case snapshot(SnapshotID)
    case packs(of: SnapshotID)
    case checkpoints
    case purges

    /// Ends with a slash.
    package var text: String {
        switch self {
        case .keys: "keys/"
        case .snapshots: "snapshots/"
        case .snapshot(let id): "snapshots/\(id)/"
        case .packs(let owner): "packs/\(owner)/"
        case .checkpoints: "checkpoints/"
        case .purges: "purges/"
        }
    }
}
