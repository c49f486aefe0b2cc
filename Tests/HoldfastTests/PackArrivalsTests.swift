import HoldfastModel
import Testing

@testable import Holdfast

@Suite("Packs on their way")
struct PackArrivalsTests {
    private let signal = AsyncSignal()

    @Test("whoever waits is told once all packs before a number are there, and not sooner")
    func arrival() {
        var arrivals = PackArrivals()
        for number: UInt32 in [1, 2, 3] { arrivals.expect(number) }
        let isWaiting3 = arrivals.notify(signal, before: 3)
        #expect(isWaiting3)
        let told2 = arrivals.settle(2)
        #expect(told2.isEmpty)
        let told3 = arrivals.settle(3)
        #expect(told3.isEmpty)
        #expect(!arrivals.isComplete(before: 3))
        let told1 = arrivals.settle(1)
        #expect(told1.count == 1)
        #expect(arrivals.isComplete(before: 3))
    }

    @Test("nobody waits for what is there, or for packs that came after")
    func nothingToWaitFor() {
        var arrivals = PackArrivals()
        arrivals.expect(4)
        let mustWait4 = arrivals.notify(signal, before: 4)
        #expect(!mustWait4)
        let isWaiting5 = arrivals.notify(signal, before: 5)
        #expect(isWaiting5)
    }

    @Test("one that fails lets all go, nothing is complete any more, and it is not taken for one that is there")
    func failure() {
        var arrivals = PackArrivals()
        for number: UInt32 in [1, 2] { arrivals.expect(number) }
        let isWaiting3 = arrivals.notify(signal, before: 3)
        #expect(isWaiting3)
        let told1 = arrivals.settle(1, failure: .interrupted)
        #expect(told1.count == 1)
        #expect(!arrivals.isComplete(before: 1) && !arrivals.isComplete(before: 3))
        #expect(arrivals.isExpected(1))
        let mustWait3 = arrivals.notify(signal, before: 3)
        #expect(!mustWait3)
    }
}
