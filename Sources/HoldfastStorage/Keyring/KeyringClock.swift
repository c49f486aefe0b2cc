package import HoldfastModel

/// Now, and whether it is taken from `--time`: such a time is neither stored nor held against the keyring.
package struct KeyringClock: Sendable {
    let now: @Sendable () -> Timestamp
    let isSimulated: Bool

    package init(isSimulated: Bool, now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        self.isSimulated = isSimulated
    }
}
