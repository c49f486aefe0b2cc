import HoldfastModel
import HoldfastTesting

/// A year of hourly snapshots of a database as its packs see it: every block has the size of one unit, a pack has 64 of them, and the
/// real decision says what is stored anew. Kept are 24 hours, 14 days, 5 weeks and 12 months, by dates that each snapshot gets when it is taken.
struct PackYear {
    static let blockCount = 2048
    static let unit = 1 << 18
    static let packUnits = 64

    private struct Pack {
        var units = 0
        /// Of the newest snapshot.
        var liveUnits = 0
        var use: PackUse
    }

    private struct Snapshot {
        let end: Int
        let blocks: [(version: Int32, pack: Int32)]
    }

    /// What a month ends with.
    struct Figures {
        var distinctShare = 1.0
        var liveShare = 1.0
        var packCount = 0
        var packsOfNewest = 0
    }

    private static let start = Timestamp(seconds: 1_800_000_000)
    private let rewrites: Bool
    private var random = SeededRandom(seed: 7)
    private var blocks = [(version: Int32, pack: Int32)](repeating: (0, -1), count: blockCount)
    private var packs: [Pack] = []
    /// What the newest snapshot refers to.
    private var inUse: Set<Int> = []
    private var kept: [Snapshot] = []
    private var nextVersion: Int32 = 1
    private(set) var newUnits = 0
    private(set) var rewrittenUnits = 0
    /// The most that one snapshot wrote anew, as a share of what there is.
    private(set) var largestRewriting = 0.0
    private(set) var months: [Figures] = []

    init(rewrites: Bool) { self.rewrites = rewrites }

    /// `change` answers which blocks the next hour changes.
    mutating func run(days: Int = 360, _ change: (inout SeededRandom) -> [Int]) {
        for hour in 0..<(24 * days) {
            takeSnapshot(hour, changed: hour == 0 ? Array(0..<Self.blockCount) : change(&random))
            if hour % 24 == 23 { kept.removeAll { $0.end <= hour } }
            if hour % 720 == 719 { months.append(figures) }
        }
    }

    /// The last snapshot of a day, a week or a month is kept for longer.
    private static func end(of hour: Int) -> Int {
        let rules = [(24, 14 * 24), (168, 5 * 168), (720, 12 * 720)]
        return rules.filter { hour % $0.0 == $0.0 - 1 }.map { hour + $0.1 }.max() ?? hour + 24
    }

    private mutating func takeSnapshot(_ hour: Int, changed: [Int]) {
        let (time, end) = (Self.start + Int64(hour) * 3600, Self.start + Int64(Self.end(of: hour)) * 3600)
        var isAvoided = [Bool](repeating: false, count: packs.count)
        if rewrites {
            for number in selection(time, end) { isAvoided[Int(number)] = true }
        }
        var isChanged = [Bool](repeating: false, count: Self.blockCount)
        for block in changed { isChanged[block] = true }
        var open = -1
        var rewritten = 0
        for block in 0..<Self.blockCount {
            let pack = Int(blocks[block].pack)
            guard isChanged[block] || isAvoided[pack] else { continue }
            if isChanged[block] {
                blocks[block].version = nextVersion
                nextVersion += 1
                newUnits += 1
            } else {
                rewritten += 1
            }
            if open < 0 || packs[open].units == Self.packUnits {
                open = packs.count
                packs.append(Pack(use: PackUse(liveByteCount: 0, written: time, keptUntil: end)))
            }
            packs[open].units += 1
            move(block, from: pack, to: open)
        }
        rewrittenUnits += rewritten
        largestRewriting = max(largestRewriting, Double(rewritten) / Double(Self.blockCount))
        for pack in inUse { packs[pack].use.keptUntil = max(packs[pack].use.keptUntil, end) }
        kept.append(Snapshot(end: Self.end(of: hour), blocks: blocks))
    }

    private mutating func move(_ block: Int, from old: Int, to new: Int) {
        if old >= 0 {
            packs[old].liveUnits -= 1
            if packs[old].liveUnits == 0 { inUse.remove(old) }
        }
        if packs[new].liveUnits == 0 { inUse.insert(new) }
        packs[new].liveUnits += 1
        blocks[block].pack = Int32(new)
    }

    private func selection(_ time: Timestamp, _ end: Timestamp) -> Set<UInt32> {
        let candidates = inUse.map { number in
            var use = packs[number].use
            use.liveByteCount = packs[number].liveUnits * Self.unit
            // A pack's padding.
            return PackSelection.Pack(
                number: UInt32(number), byteCount: packs[number].units * Self.unit * 33 / 32, use: use)
        }
        let snapshot = PackSelection.Snapshot(time: time, keptUntil: end, packByteCount: Self.packUnits * Self.unit)
        return PackSelection(of: candidates, for: snapshot).avoided
    }

    private var figures: Figures {
        var versions = [Bool](repeating: false, count: Int(nextVersion))
        var stored: Set<Int64> = []
        var isNeeded = [Bool](repeating: false, count: packs.count)
        for snapshot in kept {
            for block in snapshot.blocks {
                versions[Int(block.version)] = true
                isNeeded[Int(block.pack)] = true
                stored.insert(Int64(block.version) << 32 | Int64(block.pack))
            }
        }
        let total = Double(zip(packs, isNeeded).reduce(0) { $0 + ($1.1 ? $1.0.units : 0) })
        return Figures(
            distinctShare: Double(versions.count(where: \.self)) / total, liveShare: Double(stored.count) / total,
            packCount: isNeeded.count(where: \.self), packsOfNewest: inUse.count)
    }
}
