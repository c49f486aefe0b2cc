package import HoldfastModel
package import HoldfastStorage

/// Looks for entries whose path one of some patterns matches.
package struct FindEntries: Sendable {
    private let patterns: [Glob]

    package init(_ patterns: [Glob]) { self.patterns = patterns }

    /// Lends each match in the listing's order. Answers which parts of the listing cannot be read: nobody knows what is there.
    package func run(
        in snapshot: OpenedSnapshot, _ body: (Entry) async throws -> Void
    ) async throws -> [ListingGap] {
        var listing = StandingListing(snapshot)
        while let entry = try await listing.nextEntry() {
            if !listing.isMadeUp, patterns.contains(where: { $0.matches(entry.path) }) { try await body(entry) }
        }
        return listing.gaps
    }
}
