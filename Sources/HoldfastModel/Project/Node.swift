/// A member of a cluster: a host and its sources.
package struct Node: Hashable, Sendable {
    package var name: String
    /// In the file's order.
    package var sources: [Source]
    /// Run before the node's snapshot; empty is nothing.
    package var before: [String]
    /// Run after the node's snapshot, whatever happened; empty is nothing.
    package var after: [String]
    /// After so many seconds either command is ended, and counts as failed.
    package var hookLimit: Int64

    package static let defaultHookLimit: Int64 = 600

    package init(
        name: String, sources: [Source] = [], before: [String] = [], after: [String] = [],
        hookLimit: Int64 = defaultHookLimit
    ) {
        self.name = name
        self.sources = sources
        self.before = before
        self.after = after
        self.hookLimit = hookLimit
    }

    package func source(named name: String) -> Source? { sources.first { $0.name == name } }
}

/// A named set of a node's data.
package struct Source: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Cut by content.
        case files
        /// Cut into fixed blocks, for files that are updated in place.
        case database
    }

    /// Where the bytes come from.
    package enum Origin: Hashable, Sendable {
        /// Absolute paths without `.` and `..`; at least one.
        case paths([String])
        /// A command's output, kept as one file of that name.
        case command([String], filename: StreamName)
    }

    package var name: String
    package var origin: Origin
    package var kind: Kind
    /// Patterns as the file has them.
    package var exclude: [String]
    /// Nil where the file leaves it to the command line.
    package var excludeCaches: Bool?
    /// Nil where the file leaves it to the command line.
    package var oneFileSystem: Bool?

    package init(
        name: String, origin: Origin, kind: Kind = .files, exclude: [String] = [], excludeCaches: Bool? = nil,
        oneFileSystem: Bool? = nil
    ) {
        self.name = name
        self.origin = origin
        self.kind = kind
        self.exclude = exclude
        self.excludeCaches = excludeCaches
        self.oneFileSystem = oneFileSystem
    }
}
