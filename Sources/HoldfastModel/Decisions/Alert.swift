/// Something that threatens backups, or that an administrator waits for (`docs/RETENTION.md`, section 3.5).
package struct Alert: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case cmkPendingDeletion = "cmk-pending-deletion"
        case cmkDisabled = "cmk-disabled"
        case cmkAccessRevoked = "cmk-access-revoked"
        case snapshotLost = "snapshot-lost"
        /// A repository or a snapshot that cannot be read, or that is not what this machine remembers.
        case unreadable
        case snapshotDamaged = "snapshot-damaged"
        case cmkUnreachable = "cmk-unreachable"
        case guardHolding = "guard-holding"
        case retiredNotEverywhere = "retired-not-everywhere"
        /// A recovery CMK of the project is retired: new snapshots have no envelope under it.
        case recoveryRetired = "recovery-retired"
        case recoveryLeftOut = "recovery-left-out"
        /// A key log does not name a repository of the project.
        case rosterIncomplete = "roster-incomplete"
        case clockSkew = "clock-skew"
        case rotationDue = "rotation-due"
        case retiredUnneeded = "retired-unneeded"
        /// A drill could not restore what it was to restore, or found something else on the disk.
        case drillFailed = "drill-failed"
        case drillOverdue = "drill-overdue"
        /// What this machine remembers of drills cannot be read.
        case drillsUnreadable = "drills-unreadable"
    }

    package enum Level: String, Hashable, Comparable, Sendable {
        case info, warning, critical

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .critical: 2
            }
        }
    }

    /// What makes two alerts of different days one and the same.
    package struct Identity: Hashable, Comparable, Sendable {
        package let kind: Kind
        /// A CMK, a cluster, or a group of snapshots.
        package let subject: String

        package init(kind: Kind, subject: String) {
            self.kind = kind
            self.subject = subject
        }

        package static func < (a: Self, b: Self) -> Bool { (a.kind.rawValue, a.subject) < (b.kind.rawValue, b.subject) }
    }

    package let identity: Identity
    package let level: Level
    /// One sentence: what it is, and what follows from it.
    package let message: String
    /// What to do, as commands where there are any.
    package let next: [String]

    package init(_ kind: Kind, _ level: Level, _ subject: String, _ message: String, next: [String] = []) {
        identity = Identity(kind: kind, subject: subject)
        self.level = level
        self.message = message
        self.next = next
    }
}
