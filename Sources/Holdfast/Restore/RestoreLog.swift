import HoldfastModel
import Synchronization

/// What a restore could not do, gathered from all of its tasks.
final class RestoreLog: Sendable {
    /// More are only counted, but for the first of each cause: memory must not grow with the damage.
    private static let limit = 10_000

    private struct State {
        var errors: [RestoreFailure] = []
        var failed: [[UInt8]: Int] = [:]
        var count = 0
        var causes: Set<RestoreFailure.Cause> = []
        var notes: [String] = []
    }

    private let state = Mutex(State())

    func add(_ failure: RestoreFailure) {
        state.withLock { state in
            state.count += 1
            let isFirst = state.causes.insert(failure.cause).inserted
            guard isFirst || state.errors.count < Self.limit else { return }
            state.failed[failure.path] = state.errors.count
            state.errors.append(failure)
        }
    }

    /// Adds a note unless it is there already.
    func note(_ text: String) {
        state.withLock { if !$0.notes.contains(text) { $0.notes.append(text) } }
    }

    /// What was said of a path of the snapshot, if anything.
    func failure(of path: [UInt8]) -> RestoreFailure? {
        state.withLock { state in state.failed[path].map { state.errors[$0] } }
    }

    func summary(_ figures: RestoreProgress.Figures) -> RestoreSummary {
        state.withLock { state in
            RestoreSummary(
                figures: figures, errors: state.errors.sorted { PathOrder.precedes($0.path, $1.path) }, errorCount: state.count,
                notes: state.notes)
        }
    }
}
