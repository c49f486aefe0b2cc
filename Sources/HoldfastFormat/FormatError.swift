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

extension FormatError {
    /// Whether only a later version understands it: that is no damage, and nothing is known of it.
    package var isNewer: Bool {
        switch self {
        case .newerFormat, .unknownCriticalField: true
        default: false
        }
    }
}

extension FormatError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notHoldfast: "this is no such object of Holdfast"
        case .newerFormat: "written by a later version of Holdfast"
        case .truncated: "it ends early"
        case .limit(let what): "\(what): more than the format allows"
        case .wrongRepository: "it belongs to another repository"
        case .wrongSnapshot: "it belongs to another snapshot"
        case .commitment: "this key does not belong to it"
        case .headerTampered: "header or pack table altered"
        case .packTableOrder: "the pack table is out of order"
        case .bodyTampered(let frame): "body altered in frame \(frame)"
        case .bodyTruncated: "body cut short"
        case .bodyExtended: "body extended"
        case .damaged: "it is damaged: its sum does not match"
        case .json(let problem), .record(let problem): problem
        case .malformed(let what): "malformed: \(what)"
        case .listingOrder(let what): "listing out of order: \(what)"
        case .unknownCriticalField(let number): "field \(number) is of a later version and must be known"
        case .chunkTampered: "chunk altered"
        case .chunkHashMismatch: "chunk is not the one that was listed"
        }
    }
}
