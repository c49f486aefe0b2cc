import HoldfastModel
import Synchronization

/// What a restore could not do, gathered from all of its tasks.
final class RestoreLog: Sendable {
    /// More are only counted, but for the first of each cause: memory must not grow with the damage.
    private static let limit = 10_000

    /// What is true of a path, and of how many more.
    private struct Finding {
        let path: [UInt8]
        let text: String
        var others = 0

        var note: String { "\(path.displayPath)\(others > 0 ? " and \(others) more" : ""): \(text)" }
    }

    private struct State {
        var errors: [RestoreFailure] = []
        var failed: [[UInt8]: Int] = [:]
        var count = 0
        var causes: Set<RestoreFailure.Cause> = []
        var notes: [String] = []
        var findings: [Finding] = []
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

    /// Adds a note on a path of the snapshot; of all paths of which the same is true the first is named, and the others are counted.
    func note(of path: [UInt8], _ text: String) {
        state.withLock { state in
            if let index = state.findings.firstIndex(where: { $0.text == text }) {
                state.findings[index].others += 1
            } else {
                state.findings.append(Finding(path: path, text: text))
            }
        }
    }

    /// What was said of a path of the snapshot, if anything.
    func failure(of path: [UInt8]) -> RestoreFailure? {
        state.withLock { state in state.failed[path].map { state.errors[$0] } }
    }

    func summary(_ figures: RestoreProgress.Figures) -> RestoreSummary {
        state.withLock { state in
            RestoreSummary(
                figures: figures, errors: state.errors.sorted { PathOrder.precedes($0.path, $1.path) }, errorCount: state.count,
                notes: state.notes + state.findings.map(\.note))
        }
    }
}
