import HoldfastCrypto
package import HoldfastModel

/// What snapshots share that descend from one another as bases: the keys that name and cut chunks, and the way of cutting.
package struct Lineage: ~Copyable, Sendable {
    package enum Cutting: UInt64, Sendable { case content = 1, blocks }

    package let id: LineageID
    package let hashKey: Secret
    package let cutKey: Secret
    /// How many snapshots deep: 0 for a full one.
    package let sequence: UInt64
    package let cutting: Cutting
    package let sizes: CutSizes

    package init(
        id: LineageID, hashKey: consuming Secret, cutKey: consuming Secret, sequence: UInt64, cutting: Cutting, sizes: CutSizes
    ) {
        self.id = id
        self.hashKey = hashKey
        self.cutKey = cutKey
        self.sequence = sequence
        self.cutting = cutting
        self.sizes = sizes
    }

    /// A fresh lineage, for a snapshot without a base.
    package init(cutting: Cutting, blocks: CutSizes = .database) {
        self.init(
            id: Random.id(), hashKey: Random.secret(), cutKey: Random.secret(), sequence: 0, cutting: cutting,
            sizes: cutting == .content ? .files : blocks)
    }

    /// The same one step on, for a snapshot that takes this one's as its base.
    package func next() -> Lineage { copy(sequence: sequence + 1) }

    package func copy() -> Lineage { copy(sequence: sequence) }

    private func copy(sequence: UInt64) -> Lineage {
        Lineage(
            id: id, hashKey: Secret(copying: hashKey.bytes), cutKey: Secret(copying: cutKey.bytes), sequence: sequence,
            cutting: cutting, sizes: sizes)
    }

    package var cutter: Cutter {
        switch cutting {
        case .content: .content(ContentCutter(cutKey: cutKey, sizes: sizes))
        case .blocks: .blocks(byteCount: sizes.maximum)
        }
    }
}
