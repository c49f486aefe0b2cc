package import HoldfastModel

/// Why the witness does not answer. It is never begun anew by itself: what it remembers is nowhere else.
package enum WitnessError: Error, Hashable, Sendable {
    /// Not a witness any more, or not readable as one.
    case damaged(path: String, detail: String)
    case newerVersion(path: String, version: Int)
    /// It remembers another repository than the one that it was opened for.
    case otherRepository(path: String, found: RepositoryID)
    /// Others than its owner may write to it, and could make this node trust a base of theirs.
    case exposed(path: String)
    /// Another process kept it locked for too long.
    case busy(path: String)
    /// The disk has no room for what is to be remembered.
    case noSpace(path: String)
    /// The disk or its rights: failing, read-only, denied.
    case unusable(path: String, detail: String)
}

extension WitnessError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let path, let detail):
            "the witness is damaged (\(detail)): \(path): restore this file from a backup of this machine, or move it away "
                + "to begin a new one (where its disk takes no writes, name another place with XDG_STATE_HOME): it will miss nothing that is "
                + "gone by then, and the next backups take no base"
        case .newerVersion(let path, let version):
            "what this machine remembers is of a newer version (\(version)): \(path): use the newer holdfast"
        case .otherRepository(let path, let found):
            "the witness belongs to repository \(found): \(path): correct the repository's id in holdfast.yaml, or move "
                + "the file away"
        case .exposed(let path): "others may write to the witness: \(path): chmod go-w \(path)"
        case .busy(let path): "the witness is in use: \(path): run again"
        case .noSpace(let path): "no space left for the witness: \(path): make room, and run it again"
        case .unusable(let path, let detail):
            "the witness cannot be used (\(detail)): \(path): make room, correct the rights of the directory, or see to its disk"
        }
    }
}
