/// One record of a repository's key log, `keys/<n>`.
package struct KeyRecord: Hashable, Sendable {
    package let n: Int
    package let at: Timestamp
    /// The node that wrote it: for people, never for decisions.
    package let by: String
    package let event: Event

    package init(n: Int, at: Timestamp, by: String, event: Event) {
        self.n = n
        self.at = at
        self.by = by
        self.event = event
    }

    /// What the record says; together: `docs/PROTOCOL.md`, K1 to K9.
    package enum Event: Hashable, Sendable {
        case activate(CMK)
        case retire(CMK)
        /// No snapshot takes a base from before it; one in progress starts over.
        case barrier
        /// Repositories of the project; the roster is the union of all these records.
        case roster([RepositoryID])
        case announce(Announcement)
        case approve(AnnouncementID)
        case withdraw(AnnouncementID)
        case scheduled(CMK, date: Timestamp)
        case cancelled(CMK)
        case deleted(CMK)
        /// An append-only promise; of several the strictest of each part holds.
        case compliance(Compliance)
        /// A kind that this version does not know: the check must say unknown.
        case unknown(kind: String)
    }
}

package enum AnnouncementTag {}
/// Names one attempt to delete a set of CMKs; a new try after a withdrawal is a new id.
package typealias AnnouncementID = ID<AnnouncementTag>

/// The intent to delete CMKs, in every key log before anybody checks (rule R17).
package struct Announcement: Hashable, Sendable {
    package let id: AnnouncementID
    /// The repository whose key log decides between approve and withdraw.
    package let home: RepositoryID
    package let cmks: [CMK]

    package init(id: AnnouncementID, home: RepositoryID, cmks: [CMK]) {
        self.id = id
        self.home = home
        self.cmks = cmks
    }
}
