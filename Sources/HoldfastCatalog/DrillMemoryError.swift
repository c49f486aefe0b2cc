/// What is remembered of drills could not be read, or not be kept.
package struct DrillMemoryError: Error, Hashable, Sendable {
    package let path: String
    package let cause: WitnessError
}

extension DrillMemoryError: CustomStringConvertible {
    package var description: String {
        switch cause {
        case .damaged(_, let detail):
            "what is remembered of drills is damaged (\(detail)): \(path): restore this file from a backup of this machine, or move it "
                + "away and drill again with --all: it tells no more what failed before"
        case .exposed: "others may write to what is remembered of drills: \(path): chmod go-w \(path)"
        case .busy: "what is remembered of drills is in use: \(path): run again"
        case .noSpace: "no space left for what is remembered of drills: \(path): make room, and run it again"
        case .unusable(_, let detail):
            "what is remembered of drills cannot be used (\(detail)): \(path): make room, correct the rights of the directory, or see "
                + "to its disk"
        case .newerVersion(_, let version):
            "what is remembered of drills is of a newer version (\(version)): \(path): use the newer holdfast"
        case .otherRepository:
            "what is remembered of drills cannot be used (\(cause)): \(path): move it away"
        }
    }
}
