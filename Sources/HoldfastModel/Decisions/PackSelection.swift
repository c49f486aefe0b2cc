/// What a snapshot says of one of its packs, for the next one to decide from (`docs/FORMAT.md`, section 2).
package struct PackUse: Hashable, Sendable {
    /// How many of the pack's bytes it refers to, each counted once.
    package var liveByteCount: Int
    /// The time of the snapshot that uploaded the pack, or of the first one that said anything of it.
    package var written: Timestamp
    /// The latest date until which this snapshot, or one that it descends from, is to keep the pack.
    package var keptUntil: Timestamp

    package init(liveByteCount: Int, written: Timestamp, keptUntil: Timestamp) {
        (self.liveByteCount, self.written, self.keptUntil) = (liveByteCount, written, keptUntil)
    }
}

/// Which packs of its base a new snapshot does not refer to: what they hold of it is stored anew, thinly used packs in full ones and many
/// small packs in few (`docs/decisions/0019-rewriting-packs.md`).
///
/// A pack stays as long as any snapshot refers to it, so until the last of the older ones goes everything that was rewritten is
/// stored twice. Both sides are weighed in bytes times seconds. Only space rests on it.
package struct PackSelection: Hashable, Sendable {
    /// A pack of the base, as the base's figures have it.
    package struct Pack: Hashable, Sendable {
        package let number: UInt32
        package let byteCount: Int
        package let use: PackUse

        package init(number: UInt32, byteCount: Int, use: PackUse) {
            (self.number, self.byteCount, self.use) = (number, byteCount, use)
        }
    }

    /// The new snapshot: its time, until when it is to be kept, and the middle size of its packs in bytes.
    package struct Snapshot: Hashable, Sendable {
        package let time: Timestamp
        package let keptUntil: Timestamp
        package let packByteCount: Int

        /// `keptUntil` nil: no date is known, which counts as a year.
        package init(time: Timestamp, keptUntil: Timestamp?, packByteCount: Int) {
            (self.time, self.packByteCount) = (time, packByteCount)
            self.keptUntil = keptUntil ?? time + PackSelection.horizon
        }
    }

    /// In seconds: who looks further ahead compares what nobody knows.
    private static let horizon: Int64 = 365 * 86_400
    /// Reading, sealing and uploading a byte costs as much as keeping it for so many seconds.
    private static let writingPrice: Double = 3 * 86_400
    /// With so many small packs and fewer, nothing is rewritten for their number.
    private static let fewSmallPacks = 16
    /// More small packs than this are too many at any price.
    private static let mostSmallPacks = 256

    /// The numbers of the packs that are not referred to.
    package let avoided: Set<UInt32>

    package init(of packs: [Pack], for snapshot: Snapshot) {
        let smallPacks = packs.filter { $0.byteCount < snapshot.packByteCount / 4 }
        // What one object more costs, in bytes.
        let objectByteCount = smallPacks.count > Self.fewSmallPacks ? snapshot.packByteCount / 16 : 0
        let worthwhile = packs.map { (pack: $0, ratio: Self.ratio($0, snapshot, objectByteCount)) }.filter { $0.ratio < 1 }
            .sorted { ($0.ratio, $0.pack.number) < ($1.ratio, $1.pack.number) }
        var budget = Self.budget(packs, snapshot)
        var avoided: Set<UInt32> = []
        for pack in worthwhile.map(\.pack) + Self.surplus(smallPacks) {
            guard pack.use.liveByteCount <= budget, avoided.insert(pack.number).inserted else { continue }
            budget -= pack.use.liveByteCount
        }
        self.avoided = avoided
    }

    /// How many bytes may be rewritten: a quarter of what the base refers to, so that no snapshot turns into a full one by it, or two packs.
    private static func budget(_ packs: [Pack], _ snapshot: Snapshot) -> Int {
        max(2 * snapshot.packByteCount, packs.reduce(0) { $0 + $1.use.liveByteCount } / 4)
    }

    /// What rewriting a pack costs, divided by what it wins: under 1 it is worth it.
    private static func ratio(_ pack: Pack, _ snapshot: Snapshot, _ objectByteCount: Int) -> Double {
        let isKeptAnyway = Double(min(max(0, pack.use.keptUntil - snapshot.time), horizon))
        let isKept = Double(min(max(0, snapshot.keptUntil - snapshot.time), horizon))
        // What has been used for so long will be used for as long again, by the snapshots to come.
        let age = Double(max(0, snapshot.time - pack.use.written))
        let cost = Double(pack.use.liveByteCount) * (isKeptAnyway + writingPrice)
        let gain = Double(pack.deadByteCount + objectByteCount) * (isKept + age - isKeptAnyway)
        return gain > 0 ? cost / gain : .infinity
    }

    /// The smaller half of the small packs where there are too many: rewritten together they make one that is not among the smaller half.
    private static func surplus(_ smallPacks: [Pack]) -> [Pack] {
        guard smallPacks.count > mostSmallPacks else { return [] }
        let sorted = smallPacks.sorted { ($0.use.liveByteCount, $0.number) < ($1.use.liveByteCount, $1.number) }
        return Array(sorted.prefix(smallPacks.count / 2))
    }
}

extension PackSelection.Pack {
    /// What would be won back: padding and tags are there in any pack, and so much of it is not dead.
    fileprivate var deadByteCount: Int { max(0, byteCount - byteCount / 16 - 4096 - use.liveByteCount) }
}
