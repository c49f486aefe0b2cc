/// Why a key manager answers nothing, or nothing that counts.
package struct KeyManagerSilence: Hashable, Sendable {
    package let reason: String
    /// What to do about it; nil for an outage, of which only the end can be awaited.
    package let remedy: String?

    package init(reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }

    package var line: String { [reason, remedy].compactMap(\.self).joined(separator: "; ") }
}
