import Synchronization

/// Calls on a `FuseMount` that fail.
struct FuseFault: Sendable {
    enum Call: Sendable {
        /// Whatever has to know the inode.
        case look
        case read, list, sync, link

        /// By the kernel's numbers.
        var operations: Set<UInt32> {
            switch self {
            case .look: [1, 3, 14, 27]
            case .read: [15]
            case .list: [28]
            case .sync: [20, 30]
            case .link: [13]
            }
        }
    }

    /// Nil: any.
    let path: String?
    let call: Call
    let code: Int32
}

final class FuseFaults: Sendable {
    let all = Mutex<[FuseFault]>([])
}
