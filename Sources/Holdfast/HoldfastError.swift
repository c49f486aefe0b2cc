package import HoldfastCatalog
package import HoldfastFormat
package import HoldfastModel

/// Why a use case did not do what it was asked; each has its exit code and its next step (`HoldfastCLI`).
package enum HoldfastError: Error, Sendable {
    case store(StoreError)
    case keyManager(KeyManagerError)
    /// An object of the repository is damaged, tampered with, or of a newer format.
    case object(ObjectName, FormatError)
    /// A snapshot refers to what its own manifest does not have, or the store does not: damage.
    case missing(ObjectName, needed: String)
    case inconsistent(String, detail: String)
    /// No CMK is active in this cluster's key log.
    case noActiveCMK(cluster: String)
    /// The store or an envelope names a CMK that the project file does not list.
    case untrusted(CMK)
    /// None of a snapshot's envelopes could be opened; why, per CMK.
    case cannotOpen(SnapshotID, [(cmk: CMK, reason: HoldfastError)])
    case noSuchSnapshot(String)
    case ambiguousSnapshot(String, [SnapshotID])
    case noSuchPath(String)
    /// The other side of a race won: nothing was lost, run again.
    case lostRace(String)
    case witness(WitnessError)
    /// The witness remembers what the repository does not show.
    case alarm([String])
    /// Another backup of this node and source is running on this machine.
    case busy(String)
    /// It may not be done now, and this is what stands in the way.
    case refused(String, remedy: String)
    case usage(String)
    case noSource(String)
    /// A file of the target could not be written.
    case target(String, detail: String)
    case interrupted
}
