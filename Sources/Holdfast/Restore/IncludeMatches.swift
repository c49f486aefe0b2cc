import HoldfastStorage

/// Which patterns to include have matched nothing: whoever wrote one would have less restored than was meant, and not know.
package struct IncludeMatches: Sendable {
    private var unmatched: [Glob]

    package init(_ filter: RestoreFilter) { unmatched = filter.includes }

    /// A path that is among those to be restored is there.
    package mutating func see(_ path: [UInt8]) {
        if !unmatched.isEmpty { unmatched.removeAll { $0.covers(path) } }
    }

    package var notes: [String] {
        unmatched.map { "nothing matches the pattern to include '\(String(decoding: $0.pattern, as: UTF8.self))'" }
    }
}
