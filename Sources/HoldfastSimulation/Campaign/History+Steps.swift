import Holdfast
import HoldfastModel
import HoldfastTesting

extension History {
    mutating func takeStep() {
        passTime()
        if !effects.isEmpty, Int.random(in: 0..<10, using: &random) == 0 { arrive() }
        guard let index = nextTurn() else { return wait() }
        let waiting = running[index].life.waiting
        let choice = Int.random(in: waiting.indices, using: &random)
        let call = waiting[choice]
        let fault = drawFault(for: call)
        trace.add(
            "\(world.clock.now) \(running[index].performer) \(running[index].deed.name) \(call.kind) \(call.text) \(fault?.rawValue ?? "")"
        )
        if let fault { tally.struck(fault) }
        strike(fault, running[index], at: choice)
        settle()
    }

    /// Seconds pass with every step, and now and then hours.
    private mutating func passTime() {
        let isPause = Int.random(in: 0..<weather.pauseOneIn, using: &random) == 0
        world.clock.advance(
            bySeconds: isPause ? Int64.random(in: 600...40_000, using: &random) : Int64.random(in: 0...2, using: &random))
        let now = world.clock.now
        for denial in denials where denial.until <= now { world.keyManager.set(.answering, for: denial.cmk) }
        denials.removeAll { $0.until <= now }
        guard isPause else { return }
        let world = world
        perform { await world.destroyDueKeys() }
    }

    /// Something arrives that its caller has given up.
    private mutating func arrive() {
        let effect = effects.remove(at: Int.random(in: effects.indices, using: &random))
        trace.add("\(world.clock.now) a late effect")
        perform { await effect() }
    }

    /// A process that goes on, or a new one; nil where all rest or stand still.
    private mutating func nextTurn() -> Int? {
        if let turn, turn.left > 0, turn.index < running.count, isReady(running[turn.index]) {
            self.turn = (turn.index, turn.left - 1)
            return turn.index
        }
        let now = world.clock.now
        let idle = performers.indices.filter { performer in
            performers[performer].wakesAt <= now && !running.contains { $0.performer == performer && !$0.isReplaced }
        }
        let ready = running.indices.filter { isReady(running[$0]) }
        let choice = Int.random(in: 0..<max(1, idle.count + ready.count), using: &random)
        if choice < idle.count {
            start(idle[choice])
            settle()
            return nextTurnAfterStart()
        }
        guard choice - idle.count < ready.count else { return nil }
        turn = (ready[choice - idle.count], Int.random(in: 0..<2 * weather.burst, using: &random))
        return turn?.index
    }

    private func nextTurnAfterStart() -> Int? {
        guard let last = running.indices.last, isReady(running[last]) else { return nil }
        return last
    }

    private func isReady(_ process: Running) -> Bool {
        process.stallsUntil <= world.clock.now && !process.life.waiting.isEmpty
    }

    /// Nobody can go on: time passes until somebody can.
    private mutating func wait() {
        let dates = running.map(\.stallsUntil) + performers.map(\.wakesAt)
        if let next = dates.filter({ $0 > world.clock.now }).min() { world.clock.set(next) }
    }

    private mutating func start(_ performer: Int) {
        guard let deed = world.nextDeed(of: performers[performer].role, using: &random) else {
            performers[performer].wakesAt = world.clock.now + 60
            return
        }
        let life = Life(seed: random.next())
        var author = Author(name: "\(performer) \(deed.name)")
        if case .backUp(_, let content, _, _) = deed { author.content = content }
        if case .forget(_, let id) = deed { author.forgets = [id] }
        author.promisedDays = world.ledger.promisedDays
        let performance = Performance(
            world: world, machine: performers[performer].machine, life: life, author: author,
            by: performers[performer].machine.name)
        trace.add("\(world.clock.now) \(performer) begins \(deed)")
        let task = Task(executorPreference: executor) {
            do {
                try await performance.run(deed)
                life.finish(failing: nil)
            } catch {
                life.finish(failing: error)
            }
        }
        running.append(
            Running(performer: performer, deed: deed, life: life, task: task, stallsUntil: world.clock.now))
        awaitQuiet(life)
    }

    /// Until it stops at a call, or is done.
    func awaitQuiet(_ life: Life) {
        if !executor.run(until: { life.isDone || !life.waiting.isEmpty }) {
            world.ledger.report("a process waits for what nobody will do")
        }
    }

    /// Takes leave of the processes that are done.
    mutating func settle() {
        for process in running { effects += process.life.takeEffects() }
        for process in running where process.life.isDone {
            let failure = process.life.failure
            if !process.life.isDead {
                let why = failure.map(Self.kind)
                tally.ended(process.deed, failing: why)
                trace.add("\(world.clock.now) \(process.performer) ends \(process.deed.name) \(why ?? "done")")
                if let failure, let complaint = Self.complaint(failure) {
                    world.ledger.report("\(process.deed.name) calls sound things damaged: \(complaint)")
                }
            }
            if !process.isReplaced {
                performers[process.performer].wakesAt = world.clock.now + Int64.random(in: 0...3000, using: &random)
            }
        }
        if running.contains(where: { $0.life.isDone }) {
            running.removeAll { $0.life.isDone }
            turn = nil
        }
    }

    /// The name of the failure's case.
    private static func kind(_ error: any Error) -> String {
        Mirror(reflecting: error).children.first?.label ?? String(reflecting: type(of: error))
    }

    /// What may never be said of a repository in which nothing is damaged; nil for what faults and races bring about.
    private static func complaint(_ error: any Error) -> String? {
        guard let error = error as? HoldfastError else { return nil }
        return switch error {
        case .object(let name, let why): "\(name): \(why)"
        case .inconsistent(let what, let why): "\(what): \(why)"
        case .missing(let name, let needed): "\(name) is missing, needed for \(needed)"
        case .keyLogEnds(let name, let id): "\(name) is missing, needed for snapshot \(id)"
        default: nil
        }
    }
}
