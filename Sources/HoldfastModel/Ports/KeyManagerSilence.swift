/// Why a key manager answers nothing, or nothing that counts.
package struct KeyManagerSilence: Hashable, Sendable {
    package let reason: String
    /// What to do about it; nil for an outage, of which only the end can be awaited.
    package let remedy: String?

    package init(reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }

    package static let remedyOfOlderCopy = "put the newer one back, or, if it is right as it is: holdfast check --accept keyring"

    /// Of a keyring of which a later edition was seen before: what an older copy says of its CMKs may have been true once.
    package init(olderCopy edition: KeyManagerEdition, seen: Int64) {
        self.init(
            reason:
                "keyring \(edition.manager) is an older copy: it was changed \(edition.number) times, and had been changed \(seen) "
                + "times when it was last seen here",
            remedy: Self.remedyOfOlderCopy)
    }

    package var line: String { [reason, remedy].compactMap(\.self).joined(separator: "; ") }
}
