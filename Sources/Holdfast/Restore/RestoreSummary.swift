package import HoldfastModel

/// What a restore did, and what it could not do.
package struct RestoreSummary: Sendable {
    /// Figures at the end.
    package let figures: RestoreProgress.Figures
    /// The first of them, and the first of each cause; `errorCount` counts all.
    package let errors: [RestoreFailure]
    package let errorCount: Int
    /// What was not asked for, and why.
    package let notes: [String]

    package init(figures: RestoreProgress.Figures, errors: [RestoreFailure], errorCount: Int, notes: [String]) {
        (self.figures, self.errors, self.errorCount, self.notes) = (figures, errors, errorCount, notes)
    }

    /// The worst cause of all errors; nil where everything was restored.
    package var worst: RestoreFailure.Cause? { errors.map(\.cause).max() }
}

/// One path that was not restored as it was.
package struct RestoreFailure: Hashable, Sendable {
    /// From the least to the worst.
    package enum Cause: Int, Hashable, Comparable, Sendable {
        /// The target's file system refused.
        case target
        case noSpace
        /// The repository's data is damaged, tampered with or missing.
        case damage

        package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// As in the snapshot, from the root.
    package let path: [UInt8]
    package let message: String
    package let cause: Cause
    /// The damaged object.
    package let object: ObjectName?
}
