/// Why bytes of a repository are not what they should be. The use case knows which object, and says it.
package enum FormatError: Error, Hashable, Sendable {
    case notHoldfast
    /// Written by a later version: the answer to every question about it is unknown.
    case newerFormat
    case truncated
    /// A size beyond the format's limits, refused before anything is allocated.
    case limit(String)
    case wrongRepository
    case wrongSnapshot
    /// The key does not belong to this object.
    case commitment
    case headerTampered
    case packTableOrder
    case bodyTampered(frame: Int)
    case bodyTruncated
    case bodyExtended
    /// The trailing sum is wrong: the object is damaged, whatever else is.
    case damaged
    case json(String)
    /// A record's place in its chain: number, `prev`, or `sum`.
    case record(String)
    case malformed(String)
    /// Listing entries out of order, twice, or with a path that no file can have.
    case listingOrder(String)
    /// A field that a reader must know to read the entry rightly.
    case unknownCriticalField(UInt64)
    case chunkTampered
    case chunkHashMismatch
}
