package import HoldfastModel
package import HoldfastStorage

/// Looks for entries whose path one of some patterns matches.
package struct FindEntries: Sendable {
    private let patterns: [Glob]

    package init(_ patterns: [Glob]) { self.patterns = patterns }

    /// Lends each match in the listing's order.
    package func run(
        in snapshot: OpenedSnapshot, _ body: (Entry) async throws -> Void
    ) async throws {
        var reader = ListingReader(snapshot)
        while let entry = try await reader.next() {
            if patterns.contains(where: { $0.matches(entry.path) }) { try await body(entry) }
        }
    }
}
