import HoldfastModel
import HoldfastTesting

extension History {
    /// What goes wrong with the call; mostly nothing.
    mutating func drawFault(for call: Call) -> Fault? {
        if let oneIn = weather.hesitatesOneIn, call.isTurningPoint, Int.random(in: 0..<oneIn, using: &random) == 0 {
            return .stall
        }
        guard Int.random(in: 0..<weather.disturbedOneIn, using: &random) == 0 else { return nil }
        let possible = Fault.possible(at: call)
        return possible[Int.random(in: possible.indices, using: &random)]
    }

    /// Lets the process go on from its call as the fault has it.
    mutating func strike(_ fault: Fault?, _ process: Running, at choice: Int) {
        let life = process.life
        switch fault {
        case nil, .olderCopy: resume(life, choice, .clear)
        case .failedBefore, .keysUnreachable: resume(life, choice, .failedBefore)
        case .throttled, .keysThrottled: resume(life, choice, .throttled)
        case .answerLost, .keysAnswerLost: resume(life, choice, .answerLost)
        case .requestLost: resume(life, choice, .requestLost)
        case .late: resume(life, choice, .late)
        case .slow:
            world.clock.advance(bySeconds: Int64.random(in: 60...3000, using: &random))
            resume(life, choice, .clear)
        case .stall: stall(process, hours: Int64.random(in: 1...80, using: &random))
        case .crash: crash(process) { _ in }
        case .crashAfter: crash(process) { $0.resume(choice, .late) }
        case .twin: replace(process)
        case .interruption:
            process.task.cancel()
            resume(life, choice, .clear)
        case .keysDenied: deny(process, choice)
        }
    }

    private mutating func resume(_ life: Life, _ choice: Int, _ passage: Passage) {
        life.resume(choice, passage)
        awaitQuiet(life)
    }

    private mutating func stall(_ process: Running, hours: Int64) {
        guard let index = running.firstIndex(where: { $0.life === process.life }) else { return }
        running[index].stallsUntil = world.clock.now + hours * 3600
        turn = nil
    }

    /// The machine keeps its disk as it is at this moment; the process reaches nothing and nobody any more.
    private mutating func crash(_ process: Running, last: (Life) -> Void) {
        restart(performers[process.performer].machine)
        process.life.kill()
        last(process.life)
        bury(process.life)
    }

    /// Lets a dead process come to its end.
    func bury(_ life: Life) {
        repeat {
            life.bury()
            executor.drain()
        } while !life.waiting.isEmpty
        if !executor.run(until: { life.isDone }) { world.ledger.report("a dead process does not end") }
    }

    /// Another process goes on from a copy of the machine's disk, and this one stands still for hours and lives.
    private mutating func replace(_ process: Running) {
        guard let index = running.firstIndex(where: { $0.life === process.life }), !process.isReplaced else { return }
        restart(performers[process.performer].machine)
        running[index].isReplaced = true
        performers[process.performer].wakesAt = world.clock.now
        stall(process, hours: Int64.random(in: 0...30, using: &random))
    }

    private func restart(_ machine: Machine) {
        do { try machine.restart() } catch { world.ledger.report("\(machine.name): \(error)") }
    }

    /// For some hours nobody may use this CMK.
    private mutating func deny(_ process: Running, _ choice: Int) {
        if let cmk = CMK(process.life.waiting[choice].text) {
            world.keyManager.set(.denied, for: cmk)
            denials.append((cmk, world.clock.now + Int64.random(in: 60...20_000, using: &random)))
        }
        resume(process.life, choice, .clear)
    }

    /// No process is left.
    mutating func abandonAll() {
        for process in running {
            process.life.kill()
            bury(process.life)
        }
        running = []
    }
}
