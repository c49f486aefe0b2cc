import HoldfastModel
import Testing

@Suite("When alerts are told")
struct AlertRoundTests {
    private static let day: Int64 = 86_400
    private let start = Timestamp(seconds: 1_800_000_000)
    private let critical = Alert(.cmkDisabled, .critical, "k:1", "disabled")
    private let warning = Alert(.guardHolding, .warning, "shop", "stopped")
    private let reminder = Alert(.rotationDue, .info, "k:2", "due")

    private func round(
        _ alerts: [Alert], after memory: AlertRound.Memory, on day: Double, isComplete: Bool = true
    ) -> AlertRound {
        AlertRound(alerts, remembered: memory, isComplete: isComplete, at: start + Int64(day * 86_400))
    }

    @Test("over the days: critical ones again each day, the reminder each week, a warning once")
    func days() {
        var memory: AlertRound.Memory = [:]
        var told: [Alert.Kind: [Int]] = [:]
        for day in 0..<15 {
            let round = round([critical, warning, reminder], after: memory, on: Double(day))
            for alert in round.raised + round.repeated { told[alert.identity.kind, default: []].append(day) }
            memory = round.memory
        }
        #expect(told == [.cmkDisabled: Array(0..<15), .guardHolding: [0], .rotationDue: [0, 7, 14]])
    }

    @Test("a CMK that answers again is not called silent any more, whoever else is, and is news when it falls silent again")
    func silentAgain() throws {
        let x = try #require(CMK("k:1"))
        let silent = Alert(.cmkUnreachable, .warning, x.uri, "silent")
        let first = AlertRound([silent], remembered: [:], isComplete: false, at: start)
        let still = AlertRound([], remembered: first.memory, isComplete: false, answering: [], at: start + Self.day)
        #expect(still.resolved.isEmpty && still.memory.count == 1)
        let over = AlertRound([], remembered: first.memory, isComplete: false, answering: [x], at: start + Self.day)
        #expect(over.resolved == [silent.identity] && over.memory.isEmpty)
        let again = AlertRound([silent], remembered: over.memory, isComplete: false, at: start + 2 * Self.day)
        #expect(again.raised == [silent] && again.memory[silent.identity]?.since == start + 2 * Self.day)
    }

    @Test("a timer that comes a little earlier each day, or week, passes none over")
    func early() {
        var memory: AlertRound.Memory = [:]
        var told: [Alert.Kind: Int] = [:]
        for day in 0..<15 {
            let round = round([critical, reminder], after: memory, on: Double(day) * 0.9999)
            for alert in round.raised + round.repeated { told[alert.identity.kind, default: 0] += 1 }
            memory = round.memory
        }
        #expect(told == [.cmkDisabled: 15, .rotationDue: 3])
    }

    @Test("within a day nothing is told twice, however often one looks")
    func often() {
        let first = round([critical], after: [:], on: 0)
        let second = round([critical], after: first.memory, on: 0.95)
        #expect(first.raised == [critical] && !second.hasNews)
    }

    @Test("what becomes worse is told at once")
    func worse() {
        let calm = Alert(.cmkUnreachable, .warning, "k:1", "no answer")
        let grave = Alert(.cmkUnreachable, .critical, "k:1", "no answer for a day")
        let first = round([calm], after: [:], on: 0)
        let second = round([grave], after: first.memory, on: 0.1)
        #expect(second.raised == [grave])
        #expect(second.memory[grave.identity]?.since == start)
        #expect(!round([calm], after: second.memory, on: 0.2).hasNews)
    }

    @Test("what nobody could be told is news again, and stands since it was first seen")
    func untold() {
        let first = round([critical, warning], after: [:], on: 0)
        let second = round([critical, warning], after: first.memoryUntold, on: 2)
        #expect(second.raised == [critical, warning] && second.memory.values.allSatisfy { $0.since == start })
        #expect(!round([], after: first.memoryUntold, on: 2).hasNews, "nobody has heard of it")
        let over = round([], after: second.memory, on: 3)
        #expect(round([], after: over.memoryUntold, on: 4).resolved == over.resolved && over.resolved.count == 2)
        let grave = Alert(.guardHolding, .critical, "shop", "stopped for long")
        let third = round([grave], after: second.memory, on: 3)
        #expect(round([grave], after: third.memoryUntold, on: 3.01).raised == [grave])
    }

    @Test("what is over is told once; what could not be looked at is not over")
    func over() {
        let first = round([critical], after: [:], on: 0)
        #expect(!round([], after: first.memory, on: 1, isComplete: false).hasNews)
        let second = round([], after: first.memory, on: 1)
        #expect(second.resolved == [critical.identity])
        #expect(!round([], after: second.memory, on: 2).hasNews)
        #expect(round([critical], after: second.memory, on: 3).raised == [critical])
    }
}
