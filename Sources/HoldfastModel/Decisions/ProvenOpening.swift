/// That an envelope once opened a manifest whole on this machine. Both are immutable, so it stays true of these very bytes; whether
/// the CMK can still be used, and the packs are still there, is to be looked at anew.
package struct ProvenOpening: Hashable, Sendable {
    package let snapshot: SnapshotID
    /// The manifest's sum.
    package let sum: Digest
    package let cmk: CMK
    /// SHA-256 of the envelope's wrapped bytes.
    package let envelope: Digest

    package init(snapshot: SnapshotID, sum: Digest, cmk: CMK, envelope: Digest) {
        self.snapshot = snapshot
        self.sum = sum
        self.cmk = cmk
        self.envelope = envelope
    }
}
