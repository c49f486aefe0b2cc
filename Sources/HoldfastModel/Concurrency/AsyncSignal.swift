import Synchronization

/// Lets one task wait for what another does once. Whoever waits is let go as well when its task is cancelled.
package final class AsyncSignal: Sendable {
    private enum State {
        case quiet
        case awaited(CheckedContinuation<Void, Never>)
        case given
    }

    private let state = Mutex(State.quiet)

    package init() {}

    package func give() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .given }
            guard case .awaited(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume()
    }

    /// Returns at once where the signal was given before. To be awaited once.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isGiven = state.withLock { state in
                    if case .given = state { return true }
                    state = .awaited(continuation)
                    return false
                }
                if isGiven { continuation.resume() }
            }
        } onCancel: {
            give()
        }
    }
}
