import Holdfast
import HoldfastFormat
import Synchronization

/// How far a proof has come, for whoever shows it.
final class ProofProgress: Sendable {
    private let latest = Mutex<ProveDeletion.Progress?>(nil)

    func update(_ progress: ProveDeletion.Progress) { latest.withLock { $0 = progress } }

    func display(in session: Session) -> ProgressDisplay {
        ProgressDisplay(
            session: session,
            source: .init(
                line: { [self] _ in
                    latest.withLock { $0 }.map { "proving: \($0.snapshotsDone) of \($0.snapshotCount) snapshots opened" }
                        ?? "reading"
                },
                status: { [self] elapsed in
                    let progress = latest.withLock { $0 }
                    return [
                        "message_type": "status", "seconds_elapsed": .integer(Int64(elapsed)),
                        "snapshots_done": .integer(Int64(progress?.snapshotsDone ?? 0)),
                        "snapshots": .integer(Int64(progress?.snapshotCount ?? 0)),
                    ]
                }))
    }
}
