import Holdfast
import HoldfastModel

/// Tick after tick in one process, until it is told to stop.
///
/// Between ticks a stop is a clean end, exit 0; in a tick it ends the snapshot as Ctrl-C does (`after` commands run, the next run goes
/// on from the last checkpoint), exit 130. A tick that fails is told, and the next one comes all the same.
struct RunForever {
    /// No tick is further away than this, in seconds: prunes and audits go on where nothing is scheduled, and a clock that was
    /// set is noticed.
    private static let longestPause: Int64 = 3600
    /// After a tick that failed it is tried again sooner.
    private static let pauseAfterFailure: Int64 = 300

    let tick: Tick
    var now: @Sendable () -> Timestamp = { SystemClock.now }
    var pause: @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }

    func run() async throws -> ExitStatus {
        while true {
            let next = try await nextTick()
            do {
                try await pause(next)
            } catch is CancellationError {
                return .done
            }
        }
    }

    /// Runs one tick; how many seconds to wait for the next.
    private func nextTick() async throws -> Int64 {
        do {
            let outcome = try await tick.run()
            try tick.session.output.flush()
            let wait = outcome.next.map { $0 - now() } ?? Self.longestPause
            return min(max(wait, 1), outcome.status == .done ? Self.longestPause : Self.pauseAfterFailure)
        } catch {
            let failure = try Failure(passing: error)
            tick.session.output.fail(failure, asJSON: tick.session.options.isJSON)
            return Self.pauseAfterFailure
        }
    }
}
