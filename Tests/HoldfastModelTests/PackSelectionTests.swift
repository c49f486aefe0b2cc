import HoldfastModel
import Testing

@Suite("Which packs a new snapshot does not refer to")
struct PackSelectionTests {
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let mebibyte = 1 << 20

    /// So many MiB, live to so many hundredths, written so many days ago and kept for so many more.
    private static func pack(
        _ number: UInt32, mebibytes: Int = 16, live percent: Int, daysOld: Int64, keptForDays: Int64
    ) -> PackSelection.Pack {
        let byteCount = mebibytes * mebibyte
        let use = PackUse(
            liveByteCount: byteCount * percent / 100, written: now + -daysOld * day, keptUntil: now + keptForDays * day)
        return PackSelection.Pack(number: number, byteCount: byteCount, use: use)
    }

    private static func avoided(_ packs: [PackSelection.Pack], keptForDays days: Int64?) -> Set<UInt32> {
        let snapshot = PackSelection.Snapshot(time: now, keptUntil: days.map { now + $0 * day }, packByteCount: 16 * mebibyte)
        return PackSelection(of: packs, for: snapshot).avoided
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let packs: [PackSelection.Pack]
        let keptForDays: Int64?
        let expected: Set<UInt32>
    }

    /// So that the bound on what may be rewritten is out of the way.
    private static let bulk = (100..<200).map { pack($0, live: 100, daysOld: 200, keptForDays: 360) }

    static let cases: [Case] = [
        Case(testDescription: "nothing to choose from", packs: [], keptForDays: 365, expected: []),
        Case(testDescription: "full packs stay", packs: bulk, keptForDays: 365, expected: []),
        Case(
            testDescription: "a snapshot that is kept for long leaves a thin pack behind that goes soon",
            packs: bulk + [pack(1, live: 50, daysOld: 1, keptForDays: 1)], keptForDays: 365, expected: [1]),
        Case(
            testDescription: "one that goes as soon as the pack does not pay for it",
            packs: bulk + [pack(1, live: 50, daysOld: 0, keptForDays: 1)], keptForDays: 1, expected: []),
        Case(
            testDescription: "a pack that an older snapshot keeps for long is rewritten only when little of it is left",
            packs: bulk + [pack(1, live: 50, daysOld: 60, keptForDays: 350), pack(2, live: 2, daysOld: 60, keptForDays: 350)],
            keptForDays: 365, expected: [2]),
        Case(
            testDescription: "what has been thin for longer than it is kept goes, though every snapshot is kept alike",
            packs: bulk + [pack(1, live: 40, daysOld: 60, keptForDays: 30), pack(2, live: 40, daysOld: 10, keptForDays: 30)],
            keptForDays: 30, expected: [1]),
        Case(
            testDescription: "few small packs stay as they are",
            packs: (1...16).map { pack($0, mebibytes: 1, live: 93, daysOld: 100, keptForDays: 1) }, keptForDays: 365, expected: []
        ),
        Case(
            testDescription: "many small packs become few",
            packs: (1...17).map { pack($0, mebibytes: 1, live: 93, daysOld: 100, keptForDays: 1) }, keptForDays: 365,
            expected: Set(1...17)),
        Case(
            testDescription: "far too many become fewer at any price, the smallest first",
            packs: bulk + (1...257).map { pack($0 + 1000, mebibytes: $0 > 128 ? 2 : 1, live: 93, daysOld: 0, keptForDays: 365) },
            keptForDays: 1, expected: Set((1...128).map { $0 + 1000 })),
        Case(
            testDescription: "no date counts as a year",
            packs: bulk + [pack(1, live: 50, daysOld: 1, keptForDays: 1)], keptForDays: nil, expected: [1]),
        Case(
            testDescription: "dates in the future and in the past do no harm",
            packs: bulk + [pack(1, live: 99, daysOld: -900, keptForDays: -900), pack(2, live: 50, daysOld: 5, keptForDays: -5)],
            keptForDays: 10, expected: [2]),
    ]

    @Test("each case", arguments: cases)
    func decides(_ example: Case) {
        #expect(Self.avoided(example.packs, keptForDays: example.keptForDays) == example.expected)
        #expect(Self.avoided(example.packs.reversed(), keptForDays: example.keptForDays) == example.expected)
    }

    @Test("no more than a quarter of what is live is rewritten, what is won most cheaply first")
    func bounded() {
        let packs = (1...100).map { Self.pack($0, live: 20 + Int($0) / 2, daysOld: 1, keptForDays: 1) }
        let avoided = Self.avoided(packs, keptForDays: 365)
        let live = { (packs: [PackSelection.Pack]) in packs.reduce(0) { $0 + $1.use.liveByteCount } }
        #expect(live(packs.filter { avoided.contains($0.number) }) <= live(packs) / 4)
        #expect(avoided == Set(1...UInt32(avoided.count)))
        #expect(avoided.count > 25)
    }

    @Test("two packs' worth may always be rewritten")
    func atLeastTwoPacks() {
        let packs = (1...3).map { Self.pack($0, live: 60, daysOld: 1, keptForDays: 1) }
        #expect(Self.avoided(packs, keptForDays: 365).count == 3)
    }
}
