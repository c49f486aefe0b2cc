package import HoldfastModel

/// What becomes of a file of the target whose name the snapshot has too. Directories are never replaced by this: what is in them is
/// merged, and they get the snapshot's metadata.
package enum Overwrite: String, Sendable, CaseIterable {
    /// Compared chunk by chunk: what differs is rewritten.
    case always
    /// Unless size and modification time are the same, and what a link or device stands for.
    case ifChanged = "if-changed"
    /// Only where the snapshot's is newer.
    case ifNewer = "if-newer"
    case never

    /// Whether a half-written file, which is newer than any snapshot's, is gone on with. Else it would pass for somebody's own.
    var takesUpHalfWritten: Bool { self == .always || self == .ifChanged }

    /// Whether what is there, the target of a link included, stays.
    package func keeps(_ existing: Entry, insteadOf entry: Entry) -> Bool {
        switch self {
        case .always: false
        case .ifChanged:
            existing.kind == entry.kind && existing.size == entry.size && existing.modified == entry.modified
                && existing.linkTarget == entry.linkTarget && existing.deviceNumber == entry.deviceNumber
        case .ifNewer: existing.modified >= entry.modified
        case .never: true
        }
    }
}
