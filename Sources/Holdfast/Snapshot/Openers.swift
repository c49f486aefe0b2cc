package import HoldfastModel

/// By what a snapshot may be opened: the CMKs that its envelopes name, and relatives of them where those are told, without the ones that
/// are left out.
package struct Openers: Sendable {
    private let excluded: Set<CMK>
    private let families: [CMK: Set<CMK>]

    /// `families`: for a CMK whatever opens what it wrapped. Each is then tried for itself.
    package init(excluding excluded: Set<CMK> = [], families: [CMK: Set<CMK>] = [:]) {
        self.excluded = excluded
        self.families = families
    }

    /// The envelopes under each CMK that may open them, the one that they name before its relatives.
    func candidates(_ envelopes: [Envelope]) -> [Envelope] {
        envelopes.flatMap { envelope in
            let relatives = (families[envelope.cmk] ?? []).subtracting([envelope.cmk]).sorted()
            return ([envelope.cmk] + relatives).filter { !excluded.contains($0) }.map(envelope.under)
        }
    }
}
