import HoldfastModel
import Synchronization

/// What a descriptor gave: it gives it once, so that it is read once, and known from then on.
package final class GivenPassphrase: Sendable {
    private struct State: ~Copyable {
        var secret = Secret(zeroed: 0)
        var isRead = false
    }

    private let state = Mutex(State())

    package init() {}

    func get(_ read: () throws(KeyManagerError) -> Secret) throws(KeyManagerError) -> Secret {
        try state.withLock { (state) throws(KeyManagerError) in
            if !state.isRead {
                state.secret = try read()
                state.isRead = true
            }
            return Secret(copying: state.secret.bytes)
        }
    }
}
