import HoldfastModel

/// What the ledger knows of one snapshot. It is never forgotten, so that what is said later can be held against it.
struct SnapshotBook {
    var hasStart = false
    var hadStart = false
    var packs: [ObjectName: Int] = [:]
    var hasManifest = false
    var isAborted = false
    var isDeleting = false
    /// Committed at a moment when it counted.
    var wasLive = false
    /// The number of the content that it is of.
    var content: Int?
    var holds: Set<String> = []
    var condemned: (purgeAfter: Timestamp, at: Timestamp)?
    var expires: Timestamp?
    var openers: Set<String> = []
    /// How often something was recorded while it counted, by its kind and name.
    var recorded: [String: Int] = [:]

    var exists: Bool { hasStart && hasManifest && !isDeleting }
    var isFinal: Bool { isAborted || isDeleting }
    var isOpen: Bool { hasStart && !hasManifest && !isFinal }
    var isInTrash: Bool { exists && condemned != nil }
}

/// What the ledger knows of one key log.
struct KeyBook {
    var count = 0
    var activated: Set<String> = []
    /// The record that retired it.
    var retired: [String: Int] = [:]
    var announced: [String: Set<String>] = [:]
    var approved: Set<String> = []
}
