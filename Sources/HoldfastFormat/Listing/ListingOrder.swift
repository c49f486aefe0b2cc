import HoldfastModel

/// Holds the paths of a listing to what they may be and to their order, across chunks too: readers do, so writers must.
package struct ListingOrder: Sendable {
    private var last: [UInt8]?

    package init() {}

    /// Takes the next entry's path; throws where no file can be called so, and where it does not come after all that were taken.
    package mutating func take(_ path: [UInt8]) throws(FormatError) {
        try EntryCodec.checkPath(path)
        if let last, !PathOrder.precedes(last, path) {
            throw .listingOrder("\(path.displayPath) after \(last.displayPath)")
        }
        last = path
    }
}
