/// Tries on a store the one primitive that everything rests on, before anything is entrusted to it: create if absent.
///
/// What it finds holds for the moment and for this machine's way to the store, so `init` probes, and every writer tries the plain
/// form once more on its own checkpoint (`docs/PROTOCOL.md`, section 6).
package struct StoreProbe<Store: ObjectStore>: Sendable {
    /// Of one kind.
    private static var mostTrials: Int { 3 }

    private let store: Store
    private let description: String
    private let freshID: @Sendable () -> SnapshotID

    /// - Parameters:
    ///   - description: What the user calls the store, for the refusal.
    ///   - freshID: A random id each time, for a name that nobody else uses.
    package init(_ store: Store, called description: String, freshID: @escaping @Sendable () -> SnapshotID) {
        self.store = store
        self.description = description
        self.freshID = freshID
    }

    /// Throws `.unsuitable` with the reason, or what kept the store from being tried at all. Leaves nothing behind.
    package func run() async throws(StoreError) {
        try await untilClear(tryTwice)
        try await untilClear(tryRace)
    }

    /// A trial in which too many answers were lost says nothing: it is made again, a few times.
    private func untilClear(_ trial: (ObjectName) async throws(StoreError) -> Void) async throws(StoreError) {
        for _ in 1..<Self.mostTrials {
            do throws(StoreError) {
                return try await cleaningUp(trial)
            } catch .unclear {
                continue
            }
        }
        try await cleaningUp(trial)
    }

    private func tryTwice(_ name: ObjectName) async throws(StoreError) {
        try await store.create(name, [1])
        if try await create(name, [2]) == .created {
            throw unsuitable("it created an object that was there already")
        }
        guard try await content(of: name) == [1] else {
            throw unsuitable("it refused to create an object a second time and replaced it all the same")
        }
    }

    private func tryRace(_ name: ObjectName) async throws(StoreError) {
        let answers = try await race(8, for: name)
        let winners = answers.filter { $0.answer == .created }.map(\.racer)
        guard winners.count < 2 else { throw unsuitable("of 8 that created one object at once \(winners.count) succeeded") }
        // Nobody heard anything, and it may be that nothing arrived.
        if answers.allSatisfy({ $0.answer == .unclear }), try await store.stat(name) == nil { throw .unclear(name) }
        let content = try await content(of: name)
        // A lost answer may hide the winner; whoever it was, the bytes must be those of one that was not refused.
        let possible = winners.isEmpty ? answers.filter { $0.answer == .unclear }.map(\.racer) : winners
        guard possible.contains(where: { content == [$0] }) else {
            throw unsuitable("of 8 that created one object at once the bytes of another than the winner stand")
        }
    }

    private func content(of name: ObjectName) async throws(StoreError) -> [UInt8] {
        do throws(StoreError) {
            return try await store.read(name)
        } catch .notFound {
            throw unsuitable("it does not show an object that was just created")
        }
    }

    private func create(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) -> ProbeAnswer {
        do throws(StoreError) {
            try await store.create(name, bytes)
            return .created
        } catch .exists {
            return .refused
        } catch .unclear {
            return .unclear
        }
    }

    private func race(_ count: UInt8, for name: ObjectName) async throws(StoreError) -> [(racer: UInt8, answer: ProbeAnswer)] {
        let trials = await withTaskGroup(of: ProbeTrial.self) { group in
            for racer in 0..<count {
                group.addTask {
                    let outcome: Result<ProbeAnswer, StoreError>
                    do throws(StoreError) { outcome = .success(try await create(name, [racer])) } catch {
                        outcome = .failure(error)
                    }
                    // After the call: what a generic function writes into its result before it waits, Swift 6.3 loses with -O.
                    return ProbeTrial(racer: racer, outcome: outcome)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var answers: [(racer: UInt8, answer: ProbeAnswer)] = []
        for trial in trials { answers.append((trial.racer, try trial.outcome.get())) }
        return answers
    }

    /// Runs one trial under a fresh name and deletes it after; the trial's own error comes first.
    private func cleaningUp(_ trial: (ObjectName) async throws(StoreError) -> Void) async throws(StoreError) {
        let name = ObjectName.probe(freshID())
        var failure: StoreError?
        do throws(StoreError) { try await trial(name) } catch { failure = error }
        do throws(StoreError) { try await store.delete(name) } catch { failure = failure ?? error }
        if let failure { throw failure }
    }

    private func unsuitable(_ reason: String) -> StoreError {
        .unsuitable(description, detail: "\(reason): no two writers would be safe from each other there")
    }
}

/// What a store said to one create.
private enum ProbeAnswer {
    case created, refused, unclear
}

/// One of those who raced.
private struct ProbeTrial: Sendable {
    let racer: UInt8
    let outcome: Result<ProbeAnswer, StoreError>
}
