import Holdfast
import HoldfastFormat
import HoldfastModel
import Synchronization

/// How far a check has come, for whoever shows it.
final class CheckProgressLog: Sendable {
    private struct Figures {
        var snapshots = 0
        var packsDone = 0
        var packs = 0
        var bytes = 0
        var opening: SnapshotID?
    }

    private let figures = Mutex(Figures())

    func update(_ progress: CheckProgress) {
        figures.withLock { figures in
            switch progress {
            case .snapshots(let count): figures.snapshots = count
            case .packs(let done, let total, let bytes):
                (figures.packsDone, figures.packs, figures.bytes, figures.opening) = (done, total, bytes, nil)
            case .opening(let id): figures.opening = id
            }
        }
    }

    func display(in session: Session) -> ProgressDisplay {
        ProgressDisplay(
            session: session,
            source: .init(line: { [self] in line($0) }, status: { [self] in status($0) }))
    }

    private func line(_ seconds: Double) -> String {
        let figures = figures.withLock { $0 }
        let bytes = ByteCount(Int64(figures.bytes))
        let part =
            figures.opening.map { "opening \($0.short)" }
            ?? "\(figures.packsDone) of \(figures.packs) packs, \(bytes) (\(bytes.rate(over: seconds)))"
        return "\(ElapsedTime(seconds: Int64(seconds)))  \(part)"
    }

    private func status(_ seconds: Double) -> JSONObject {
        let figures = figures.withLock { $0 }
        return [
            "message_type": "status", "seconds_elapsed": .integer(Int64(seconds)),
            "snapshots": .integer(Int64(figures.snapshots)), "packs_done": .integer(Int64(figures.packsDone)),
            "packs": .integer(Int64(figures.packs)), "bytes_read": .integer(Int64(figures.bytes)),
            "opening": .text(figures.opening),
        ]
    }
}
