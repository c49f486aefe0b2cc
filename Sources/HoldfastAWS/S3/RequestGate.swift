import Synchronization

/// Lets at most so many requests run at once; the others wait in turn, before their time begins to count.
final class RequestGate: Sendable {
    private struct State {
        var free: Int
        /// In their order from `next` on; what stands before it has gone in.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var next = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if passes { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.next < state.waiting.count else {
                state.free += 1
                (state.waiting, state.next) = ([], 0)
                return nil
            }
            defer { state.next += 1 }
            return state.waiting[state.next]
        }
        next?.resume()
    }
}
