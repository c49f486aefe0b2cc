package import HoldfastModel

/// The packs that a snapshot refers to, by the numbers that its listings use, and the key of each in one locked arena.
package struct PackKeys: ~Copyable, Sendable {
    private var arena = Secret(zeroed: 4096)
    private var slots: [UInt32: Int] = [:]
    private var entries: [UInt32: PackEntry] = [:]

    package init() {}

    package var count: Int { entries.count }

    /// The pack that a listing calls `number`.
    package func entry(_ number: UInt32) -> PackEntry? { entries[number] }

    package var numbers: [UInt32] { Array(entries.keys) }

    /// In the order of a manifest's pack table.
    package var sortedEntries: [PackEntry] { entries.values.sorted { $0.id < $1.id } }

    package mutating func add(_ entry: PackEntry, number: UInt32, key: Span<UInt8>) {
        precondition(key.count == 32 && entries[number] == nil)
        let slot = entries.count
        if (slot + 1) * 32 > arena.count { arena = Self.doubled(arena) }
        slots[number] = slot
        entries[number] = entry
        arena.update { $0.copy(key, at: slot * 32) }
    }

    /// Lends the key of the pack that a listing calls `number`; nil where there is none.
    package func withKey<Result: ~Copyable, E: Error>(
        _ number: UInt32, _ body: (Span<UInt8>) throws(E) -> Result
    ) throws(E) -> Result? {
        guard let slot = slots[number] else { return nil }
        return try body(arena.bytes.extracting((slot * 32)..<(slot * 32 + 32)))
    }

    private static func doubled(_ arena: borrowing Secret) -> Secret {
        let bytes = arena.bytes
        return Secret(count: 2 * arena.count) { $0.copy(bytes) }
    }
}
