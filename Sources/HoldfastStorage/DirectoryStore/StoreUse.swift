import Glibc

/// What becomes of what a repository shows: it says what has to be durable there before it is answered.
package enum StoreUse: Sendable {
    /// Others are written or removed by it.
    case deciding
    /// It is told, and remembered here.
    case telling
    /// It is given back, and nothing rests on it: restore, dump, ls, diff, stats.
    case givingBack

    /// Whether what was read is answered though it could not be made durable. A file system that takes no writes any more syncs nothing; and
    /// a disk that has no room, or fails to write, may read all the same.
    func passesOver(_ error: PosixError) -> Bool {
        switch self {
        case .deciding: false
        case .telling: error.code == EROFS
        case .givingBack: [EROFS, ENOSPC, EDQUOT].contains(error.code) || error.tellsOfDamage
        }
    }
}
