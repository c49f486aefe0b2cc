import Foundation
import Holdfast
import HoldfastModel
import HoldfastTesting
import Synchronization

/// One history: everything in it follows from its seed.
struct History {
    /// How it ended.
    struct Outcome: Sendable {
        let seed: UInt64
        /// The first promise that was broken.
        let violation: String?
        let traceSum: UInt64
        let tally: Tally
    }

    let seed: UInt64
    let stepLimit: Int
    let breakage: Breakage?
    let executor = StepExecutor()
    var random: SeededRandom
    let weather: Weather
    var world: World
    var trace: Trace
    var tally = Tally()
    var performers: [Performer] = []
    var running: [Running] = []
    var effects: [Life.Effect] = []
    /// Whose turn goes on.
    var turn: (index: Int, left: Int)?
    var denials: [(cmk: CMK, until: Timestamp)] = []
    var olderCopy: OlderCopy?
    private let directory: String

    init(seed: UInt64, stepLimit: Int, breakage: Breakage?, contents: Contents, directory: String, isTraced: Bool) {
        (self.seed, self.stepLimit, self.breakage) = (seed, stepLimit, breakage)
        random = SeededRandom(seed: seed)
        weather = Weather(using: &random)
        world = World(siteCount: weather.siteCount, grace: weather.grace, isGuarded: weather.isGuarded, contents: contents)
        trace = Trace(isShown: isTraced)
        self.directory = "\(directory)/\(seed)"
    }

    /// Lives it to its end, or to the first broken promise.
    mutating func run() -> Outcome {
        Entropy.begin(seed: seed)
        begin()
        var step = 0
        while step < stepLimit, world.ledger.violation == nil {
            step += 1
            tally.stepped()
            if weather.putsOlderCopyBack, step == stepLimit / 2 { olderCopy = copy() }
            takeStep()
        }
        if world.ledger.violation == nil { end() }
        abandonAll()
        do { try FileManager.default.removeItem(atPath: directory) } catch {
            world.ledger.report("the scratch directory: \(error)")
        }
        return Outcome(seed: seed, violation: world.ledger.violation, traceSum: trace.sum, tally: tally)
    }

    private mutating func begin() {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            world.ledger.report("the scratch directory: \(error)")
        }
        let first = world.keyManager.createCMK()
        for _ in 0..<weather.siteCount {
            let (world, breakage) = (world, breakage)
            let grown = perform { () -> World in
                var world = world
                do { try await world.addSite(activating: first, breaking: breakage) } catch {
                    world.ledger.report("init: \(error)")
                }
                return world
            }
            if let grown { self.world = grown }
        }
        let roles: [Performer.Role] =
            switch weather.focus {
            case .everything:
                [
                    .writer(site: 0), .writer(site: 1), .writer(site: 0), .pruner, .pruner, .keeper, .keeper, .keyAdministrator,
                    .keyAdministrator, .checker,
                ]
            case .data: [.writer(site: 0), .writer(site: 1), .pruner, .pruner, .keeper]
            case .keys: [.writer(site: 0), .writer(site: 1), .pruner, .keyAdministrator, .keyAdministrator]
            }
        performers = roles.enumerated().map { number, role in
            Performer(role: role, machine: Machine("machine\(number)", in: directory), wakesAt: world.clock.now)
        }
    }

    /// Does something of the history's own, past all processes, to its end. Nil where it got stuck.
    @discardableResult
    func perform<Answer: Sendable>(_ work: @escaping @Sendable () async -> Answer) -> Answer? {
        let box = AnswerBox<Answer>()
        Task(executorPreference: executor) {
            let answer = await work()
            box.answer.withLock { $0 = answer }
        }
        if !executor.run(until: { box.answer.withLock { $0 != nil } }) { world.ledger.report("the history got stuck") }
        return box.answer.withLock { $0 }
    }
}

private final class AnswerBox<Answer: Sendable>: Sendable {
    let answer = Mutex<Answer?>(nil)
}
