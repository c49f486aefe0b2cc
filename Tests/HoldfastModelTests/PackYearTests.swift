import HoldfastModel
import HoldfastTesting
import Testing

@Suite("A year of hourly snapshots of a changing database")
struct PackYearTests {
    /// What an hour changes: so many blocks, and how much oftener the hot tenth of them.
    struct Load: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changesAnHour: Int
        let hotShare: Int
        /// Less than any month of the simulation ended with.
        let distinctShare: Double

        func change(_ random: inout SeededRandom) -> [Int] {
            (0..<changesAnHour).map { _ in
                let isHot = Int.random(in: 0..<100, using: &random) < hotShare
                let block = Int.random(in: 0..<PackYear.blockCount, using: &random)
                return isHot ? block / 10 * 10 : block
            }
        }
    }

    static let loads = [
        Load(testDescription: "2 % a day, anywhere", changesAnHour: 2, hotShare: 0, distinctShare: 0.65),
        Load(testDescription: "5 % a day, four fifths of it in a tenth", changesAnHour: 4, hotShare: 80, distinctShare: 0.62),
        Load(testDescription: "20 % a day, anywhere", changesAnHour: 20, hotShare: 0, distinctShare: 0.66),
    ]

    @Test("keeps live data over 70 % of what is stored, and the number of objects bounded", arguments: loads)
    func year(_ load: Load) {
        var year = PackYear(rewrites: true)
        year.run(load.change)
        var plain = PackYear(rewrites: false)
        plain.run(load.change)
        #expect(year.months.count == 12)
        #expect(year.months.allSatisfy { $0.liveShare > 0.7 })
        // With what is stored twice for a while counted once.
        #expect(year.months.allSatisfy { $0.distinctShare > load.distinctShare })
        #expect(year.months.allSatisfy { $0.packsOfNewest < 150 })
        #expect(year.rewrittenUnits < 13 * year.newUnits / 10)
        #expect(year.largestRewriting <= 0.25)
        // Without it both would go on and on.
        let (last, lastOfPlain) = (year.months[11], plain.months[11])
        #expect(last.distinctShare > lastOfPlain.distinctShare)
        #expect(2 * last.packCount < lastOfPlain.packCount)
    }
}
