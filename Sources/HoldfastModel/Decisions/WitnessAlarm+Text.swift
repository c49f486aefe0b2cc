extension WitnessAlarm: CustomStringConvertible {
    package var description: String {
        switch self {
        case .repositoryChanged(let was, let now): "this is repository \(now), not \(was)"
        case .keyLogShortened(let was, let now): "the key log has \(now) records, and had \(was)"
        case .keyLogForked(let n): "record \(n) of the key log is another one than before"
        case .snapshotGone(let id): "snapshot \(id) is gone, and was neither condemned nor due"
        case .startGone(let id): "the start record of snapshot \(id) is gone, and nobody had decided its deletion"
        case .manifestGone(let id): "the manifest of snapshot \(id) is gone"
        case .manifestChanged(let id, _, nil): "snapshot \(id) was committed, and is aborted now"
        case .manifestChanged(let id, _, _): "the manifest of snapshot \(id) is another one than before"
        case .logShortened(let id, let was, let now): "the log of snapshot \(id) has \(now) records, and had \(was)"
        }
    }
}
