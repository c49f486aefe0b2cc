import HoldfastModel

extension Compliance {
    /// Refuses what would end a snapshot at `end`, where it is kept for longer, for good, or nobody can read for how long.
    /// `remedy`: what to do where it has a date.
    func requireEnd(of log: SnapshotLog, by end: Timestamp, remedy: String) throws(HoldfastError) {
        guard log.header != nil else {
            throw .refused(
                "the manifest of snapshot \(log.id) cannot be read, and says until when it is kept under compliance",
                object: "\(log.id)", remedy: "put it back from a copy")
        }
        guard let expires = log.expires(under: self) else {
            throw .refused(
                "snapshot \(log.id) has no expiry, and under compliance none can be set: it stays for good", object: "\(log.id)",
                remedy: "to free the CMKs that open it: holdfast keys rewrap")
        }
        guard expires <= end else {
            throw .refused(
                "snapshot \(log.id) is kept until \(expires) under compliance", object: "\(log.id)", remedy: remedy)
        }
    }
}
