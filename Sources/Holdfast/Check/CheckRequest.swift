package import HoldfastModel

/// How thoroughly `check` looks.
package struct CheckRequest: Sendable {
    package enum Depth: Sendable {
        /// Sums, chains, references, presence and length of packs: keyless, and reads no pack.
        case structure
        /// Also reads so many percent of the packs, and holds each against its name.
        case data(percent: Int)
    }

    package var depth: Depth
    /// With keys, reading data also opens every manifest, and every chunk of the packs that are read.
    package var keys: KeyManagers?
    /// Holds what is read against what this machine remembers; without it nothing is compared, and nothing remembered.
    package var watch: WitnessWatch?
    /// Which packs a percentage takes.
    package var seed: UInt64

    package init(_ depth: Depth, keys: KeyManagers? = nil, seed: UInt64) {
        self.depth = depth
        self.keys = keys
        self.seed = seed
    }

    var readsData: Bool { if case .data = depth { true } else { false } }

    /// Pack ids are as good as random, so a part of them is a fair sample.
    func reads(_ pack: Digest) -> Bool {
        switch depth {
        case .structure: false
        case .data(let percent): (pack.lastWord ^ seed) % 100 < UInt64(max(0, percent))
        }
    }
}

/// Where `check` is, for people who wait.
package enum CheckProgress: Sendable {
    case snapshots(Int)
    case packs(done: Int, of: Int, bytes: Int)
    case opening(SnapshotID)
}
