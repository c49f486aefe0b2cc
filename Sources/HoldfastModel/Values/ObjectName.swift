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
        case probe

        fileprivate init?(_ text: String) {
            let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
            switch (parts.first, parts.count) {
            case ("holdfast.json", 1): self = .repository
            case ("keys", 2):
                guard let n = ObjectName.number(parts[1]) else { return nil }
                self = .keyRecord(n)
            case ("snapshots", 3):
                guard let id = SnapshotID(parts[1]), let n = ObjectName.number(parts[2]) else { return nil }
                self = .record(n, of: id)
            case ("packs", 3):
                guard let owner = SnapshotID(parts[1]), let id = Digest(parts[2]) else { return nil }
                self = .pack(id, of: owner)
            case ("checkpoints", 2):
                guard let id = SnapshotID(parts[1]) else { return nil }
                self = .checkpoint(id)
            case ("tmp", 2) where parts[1].hasPrefix("probe-"): self = .probe
            default: return nil
            }
        }
    }

    package var parsed: Parsed? { Parsed(text) }

    /// Decimal without leading zeros, at most nine digits.
    private static func number(_ text: Substring) -> Int? {
        let digits = text.utf8
        guard (1...9).contains(digits.count), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        return Int(text)
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

    /// Ends with a slash.
    package var text: String {
        switch self {
        case .keys: "keys/"
        case .snapshots: "snapshots/"
        case .snapshot(let id): "snapshots/\(id)/"
        case .packs(let owner): "packs/\(owner)/"
        case .checkpoints: "checkpoints/"
        }
    }
}
