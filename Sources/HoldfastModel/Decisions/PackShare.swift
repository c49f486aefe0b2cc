/// How much of an owner's packs the keep set holds: as long as it is the same, nothing of theirs has become garbage
/// (`docs/PROTOCOL.md`, section 5, ruling 7).
package struct PackShare: Hashable, Sendable {
    package private(set) var count: Int
    /// The packs' ids folded into one word.
    package private(set) var mix: UInt64

    package init(count: Int = 0, mix: UInt64 = 0) {
        self.count = count
        self.mix = mix
    }

    package mutating func add(_ pack: Digest) {
        count += 1
        mix ^= pack.lastWord
    }
}
