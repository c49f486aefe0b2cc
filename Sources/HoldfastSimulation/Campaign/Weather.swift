import HoldfastModel
import HoldfastTesting

/// How rough one history is, drawn from its seed.
struct Weather: Sendable {
    /// Of so many calls one goes wrong.
    let disturbedOneIn: Int
    /// For how many calls one process goes on before another has its turn, on average.
    let burst: Int
    /// Of so many calls one is followed by hours in which nothing happens.
    let pauseOneIn: Int
    let siteCount: Int
    let grace: Period
    let putsOlderCopyBack: Bool
    /// Of so many steps on which a protocol turns one is hesitated at for hours; nil: as often as at any other.
    let hesitatesOneIn: Int?
    let focus: Focus
    let isGuarded: Bool

    /// What a history is mostly about: with fewer performers, each meets the others more often.
    enum Focus: Sendable {
        case everything, data, keys
    }

    init(using random: inout SeededRandom) {
        disturbedOneIn = [30, 100, 300, 2000][Int.random(in: 0..<4, using: &random)]
        burst = [1, 3, 10, 40][Int.random(in: 0..<4, using: &random)]
        pauseOneIn = [20, 60, 200][Int.random(in: 0..<3, using: &random)]
        siteCount = Int.random(in: 0..<3, using: &random) == 0 ? 2 : 1
        grace = Period([1, 6, 48][Int.random(in: 0..<3, using: &random)], .hours) ?? Period(days: 1)
        putsOlderCopyBack = Int.random(in: 0..<8, using: &random) == 0
        hesitatesOneIn = [nil, nil, 30, 8][Int.random(in: 0..<4, using: &random)]
        isGuarded = Bool.random(using: &random)
        focus = [.everything, .everything, .data, .keys][Int.random(in: 0..<4, using: &random)]
    }
}

/// What goes wrong with a call or a process. Each must have struck in a campaign, or it has shown less than it says.
enum Fault: String, CaseIterable, Sendable {
    case failedBefore = "failed before"
    case throttled
    case answerLost = "lost answer"
    case requestLost = "lost request"
    case late = "late effect"
    case slow
    case stall
    case crash
    /// It dies, and what it asked last is done all the same.
    case crashAfter = "crash after"
    /// The machine goes on from a copy of its disk, and the old process lives.
    case twin
    case interruption
    case keysUnreachable = "key manager unreachable"
    case keysThrottled = "key manager throttled"
    case keysAnswerLost = "key manager's answer lost"
    case keysDenied = "key manager denies"
    case olderCopy = "older copy of the store"

    /// Those that a call can meet.
    static func possible(at call: Call) -> [Fault] {
        let common: [Fault] = [.slow, .stall, .crash, .twin, .interruption]
        if call.isOfKeys {
            return common + [.keysUnreachable, .keysThrottled, .keysDenied] + (call.changes ? [.keysAnswerLost] : [])
        }
        let changing: [Fault] = call.changes ? [.answerLost, .late, .crashAfter] : []
        return common + [.failedBefore, .throttled] + changing + (call.kind == .create ? [.requestLost, .late] : [])
    }
}
