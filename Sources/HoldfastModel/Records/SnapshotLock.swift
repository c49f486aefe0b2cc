/// Until when the store itself keeps a snapshot's objects from being deleted, by whomever (`docs/FORMAT.md`, section 2).
package struct SnapshotLock: Hashable, Sendable {
    /// Of its manifest and records: the expiry that it was taken with.
    package let until: Timestamp
    /// Of every pack in its table, whoever owns it: no earlier than `until`.
    package let packsUntil: Timestamp

    package init(until: Timestamp, packsUntil: Timestamp) {
        self.until = until
        self.packsUntil = packsUntil
    }

    /// By how much packs are kept longer than one snapshot asks for, in seconds: a day of snapshots then asks for nothing more, and each
    /// extension is a request for every pack.
    package static let packSlack: Int64 = 86_400

    /// That of a snapshot which expires then and takes packs over from a base that has them locked until `base`.
    ///
    /// Its own packs are locked no longer than they need be: the base may be a snapshot that is kept for years.
    package init(expires: Timestamp, base: Timestamp?) {
        let enough = expires + Self.packSlack
        let inherited = base.flatMap { $0 >= expires ? $0 : nil }
        self.init(until: expires, packsUntil: inherited.map { min($0, enough) } ?? enough)
    }
}
