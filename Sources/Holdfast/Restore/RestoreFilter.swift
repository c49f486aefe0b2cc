package import HoldfastStorage

/// Which paths of a snapshot are restored.
package struct RestoreFilter: Sendable {
    /// Empty includes everything; else what one of these matches, with all that is below it.
    package var includes: [Glob]
    /// What one of these matches is left out, with all that is below it, included or not.
    package var excludes: [Glob]

    package init(includes: [Glob] = [], excludes: [Glob] = []) {
        self.includes = includes
        self.excludes = excludes
    }

    var selectsEverything: Bool { includes.isEmpty && excludes.isEmpty }

    /// `path` is as in the snapshot, from the root.
    package func selects(_ path: [UInt8]) -> Bool {
        (includes.isEmpty || includes.contains { $0.covers(path) }) && !excludes.contains { $0.covers(path) }
    }
}
