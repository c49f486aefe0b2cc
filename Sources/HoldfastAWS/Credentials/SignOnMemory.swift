import Synchronization

/// Sign-ons that were renewed where the AWS CLI's cache cannot be written: what they were renewed with may serve only once.
package final class SignOnMemory: Sendable {
    private let kept = Mutex<[String: CachedSignOn]>([:])

    package init() {}

    func keep(_ signOn: CachedSignOn, insteadOf path: String) { kept.withLock { $0[path] = signOn } }

    /// The one that lasts longer, of what is kept here and of what stands in the file.
    func newest(_ path: String, _ cached: CachedSignOn) -> CachedSignOn {
        kept.withLock { kept in
            guard let own = kept[path], own.expires > cached.expires else { return cached }
            return own
        }
    }
}
