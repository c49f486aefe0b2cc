import HoldfastModel

/// Which packs are still on their way, and who waits for them.
struct PackArrivals {
    private var expected: Set<UInt32> = []
    /// Why one of them will never be there: what happened first.
    private(set) var failure: HoldfastError?
    private var waiting: [(before: UInt32, signal: AsyncSignal)] = []

    func isExpected(_ number: UInt32) -> Bool { expected.contains(number) }

    mutating func expect(_ number: UInt32) { expected.insert(number) }

    /// A pack is there, or never will be: answers whom to tell.
    mutating func settle(_ number: UInt32, failure: HoldfastError? = nil) -> [AsyncSignal] {
        // One that failed stays expected: nothing may be said of it.
        if let failure { self.failure = self.failure ?? failure } else { expected.remove(number) }
        let due = waiting.filter { isSettled(before: $0.before) }
        if !due.isEmpty { waiting = waiting.filter { !isSettled(before: $0.before) } }
        return due.map(\.signal)
    }

    /// False where there is nothing to wait for.
    mutating func notify(_ signal: AsyncSignal, before number: UInt32) -> Bool {
        guard !isSettled(before: number) else { return false }
        waiting.append((number, signal))
        return true
    }

    /// Whether all packs with numbers before this one are there.
    func isComplete(before number: UInt32) -> Bool { failure == nil && !expected.contains { $0 < number } }

    /// Whether there is no more to wait for: a run of which one pack fails comes to nothing.
    private func isSettled(before number: UInt32) -> Bool { failure != nil || isComplete(before: number) }
}
