import DequeModule
import Synchronization

/// Lets at most so many pass at once; the others wait in turn, without holding a thread.
package final class AsyncGate: Sendable {
    private struct State {
        var free: Int
        var waiting: Deque<CheckedContinuation<Void, Never>> = []

        mutating func pass() -> Bool {
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    private let state: Mutex<State>

    package init(_ count: Int) { state = Mutex(State(free: count)) }

    package func enter() async {
        // Mostly there is room, and nothing is made to wait with.
        if state.withLock({ $0.pass() }) { return }
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                if state.pass() { return true }
                state.waiting.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }

    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let next = state.waiting.popFirst() else {
                state.free += 1
                return nil
            }
            return next
        }
        next?.resume()
    }
}
