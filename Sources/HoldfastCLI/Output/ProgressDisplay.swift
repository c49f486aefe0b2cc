import HoldfastFormat
import Synchronization

/// Shows how far long work has come: one line on a terminal's standard error, or `status` JSON lines on standard output.
struct ProgressDisplay: Sendable {
    /// What to show, asked for each time anew.
    struct Source: Sendable {
        let line: @Sendable (_ elapsedSeconds: Double) -> String
        let status: @Sendable (_ elapsedSeconds: Double) -> JSONObject
    }

    private static let redrawInterval = Duration.milliseconds(200)
    private static let statusInterval = Duration.seconds(1)

    let session: Session
    let source: Source

    /// Runs `body` while showing progress; the line is gone when it ends.
    func during<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        guard session.options.isJSON || session.output.canRedraw, !session.options.isQuiet else { return try await body() }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await show() }
            defer {
                group.cancelAll()
                if !session.options.isJSON { session.output.draw("\r\u{1b}[K") }
            }
            return try await body()
        }
    }

    private func show() async {
        let start = ContinuousClock.now
        let interval = session.options.isJSON ? Self.statusInterval : Self.redrawInterval
        while true {
            do { try await Task.sleep(for: interval) } catch { return }
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            if session.options.isJSON {
                do { try session.output.print(source.status(elapsed)) } catch { return }
            } else {
                let line = Table.printable(source.line(elapsed)).prefix(session.output.columns - 1)
                session.output.draw("\r\(line)\u{1b}[K")
            }
        }
    }
}
