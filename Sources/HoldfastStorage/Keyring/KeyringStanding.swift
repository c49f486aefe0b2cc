/// How an edition of a keyring stands to what this machine remembers.
package enum KeyringStanding: Hashable, Sendable {
    /// No later one was seen.
    case newest
    /// This one was seen before, and is later.
    case older(than: Int64)
    /// Not all that remembers could be asked, and nothing later was told; why.
    case unknown(String)
}
