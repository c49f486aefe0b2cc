import HoldfastModel
import HoldfastTesting
import Synchronization

/// One process, from its start until its work is done or it dies. It stops at every call until whoever drives the history lets it go on.
final class Life: Sendable {
    /// What arrives after its caller has given it up.
    typealias Effect = @Sendable () async -> Void

    private struct State {
        var parked: [(call: Call, continuation: CheckedContinuation<Passage, Never>)] = []
        var isDead = false
        var isDone = false
        var failure: (any Error)?
        var effects: [Effect] = []
        var dice: SeededRandom
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(dice: SeededRandom(seed: seed))) }

    /// Stops here. A dead process never goes on with anything that anybody sees.
    func pass(_ call: Call) async -> Passage {
        if isDead { return .dead }
        return await withCheckedContinuation { continuation in
            state.withLock { $0.parked.append((call, continuation)) }
        }
    }

    /// Whether to stop at a call at which one need not stop every time.
    func chance(oneIn count: Int) -> Bool { state.withLock { Int.random(in: 0..<count, using: &$0.dice) == 0 } }

    /// Where the first page of a listing ends: anywhere. Nil where there is nothing.
    func pageEnd(of listed: [StoredObject]) -> ObjectName? {
        state.withLock { listed.randomElement(using: &$0.dice)?.name }
    }

    var waiting: [Call] { state.withLock { $0.parked.map(\.call) } }
    var isDead: Bool { state.withLock(\.isDead) }
    var isDone: Bool { state.withLock(\.isDone) }

    /// Why it failed; nil where it did not.
    var failure: (any Error)? { state.withLock(\.failure) }

    func finish(failing error: (any Error)?) {
        state.withLock { state in
            state.failure = error
            state.isDone = true
        }
    }

    func postpone(_ effect: @escaping Effect) { state.withLock { $0.effects.append(effect) } }

    /// What has not arrived yet; it is the caller's from here on.
    func takeEffects() -> [Effect] {
        state.withLock { state in
            defer { state.effects = [] }
            return state.effects
        }
    }

    /// Lets the call at `index` of `waiting` go on.
    func resume(_ index: Int, _ passage: Passage) {
        state.withLock { $0.parked.remove(at: index) }.continuation.resume(returning: passage)
    }

    /// From here on it stands still: what it knows and holds stays as it is.
    func kill() { state.withLock { $0.isDead = true } }

    /// Lets a dead process come to its end, cut off from everything, so that it gives back what it holds.
    func bury() {
        let parked = state.withLock { state in
            defer { state.parked = [] }
            return state.parked
        }
        for stop in parked { stop.continuation.resume(returning: .dead) }
    }
}
