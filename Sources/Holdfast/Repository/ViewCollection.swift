import Synchronization

/// Collects what several tasks read.
final class ViewCollection: Sendable {
    private let views = Mutex<[SnapshotView]>([])

    var all: [SnapshotView] { views.withLock { $0 } }

    func add(_ view: SnapshotView) { views.withLock { $0.append(view) } }
}
