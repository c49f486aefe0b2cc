import HoldfastModel

/// One thing that somebody sets out to do, with all its choices made.
enum Deed: Sendable {
    case backUp(site: Int, content: Int, keptHours: Int64, trustsCluster: Bool)
    case prune(site: Int, isConfirmed: Bool, isFull: Bool)
    case forget(site: Int, SnapshotID)
    case hold(site: Int, SnapshotID, name: String)
    case release(site: Int, SnapshotID, name: String)
    /// Under a hold of that name, or for so many hours.
    case undelete(site: Int, SnapshotID, hold: String?, hours: Int64)
    case expire(site: Int, SnapshotID, hours: Int64)
    case unlock(site: Int, SnapshotID)
    case rotate(to: CMK, isFresh: Bool)
    case rewrap(from: CMK, to: CMK)
    case checkKeys(Set<CMK>, isProven: Bool)
    case deleteKeys(Set<CMK>)
    case cancelDeletion(CMK)
    case disable(CMK)
    case enable(CMK)
    case recordDeletions
    /// Compliance in every cluster: nothing is kept shorter.
    case promise(days: UInt8)
    case check(site: Int, readsData: Bool)
    case read(site: Int, SnapshotID)

    /// For the account of a campaign, and a trace.
    var name: String {
        switch self {
        case .backUp: "backup"
        case .prune: "prune"
        case .forget: "forget"
        case .hold: "hold"
        case .release: "release"
        case .undelete: "undelete"
        case .expire: "expire"
        case .unlock: "unlock"
        case .rotate: "rotate"
        case .rewrap: "rewrap"
        case .checkKeys: "keys check"
        case .deleteKeys: "keys delete"
        case .cancelDeletion: "cancel deletion"
        case .disable: "disable"
        case .enable: "enable"
        case .recordDeletions: "record deletions"
        case .promise: "promise"
        case .check: "check"
        case .read: "read"
        }
    }

    static let names = [
        "backup", "prune", "forget", "hold", "release", "undelete", "expire", "unlock", "rotate", "rewrap", "keys check",
        "keys delete", "cancel deletion", "disable", "enable", "record deletions", "promise", "check", "read",
    ]
}
