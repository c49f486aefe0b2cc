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
    var time = Timestamp(seconds: 0)
    var expires: Timestamp?
    /// The latest that it ever had: under a promise none before it counts.
    var latestExpiry = Timestamp(seconds: 0)
    var openers: Set<String> = []
    /// How often something was recorded while it counted, by its kind and name.
    var recorded: [String: Int] = [:]

    var exists: Bool { hasStart && hasManifest && !isDeleting }
    var isFinal: Bool { isAborted || isDeleting }
    var isOpen: Bool { hasStart && !hasManifest && !isFinal }
    var isInTrash: Bool { exists && condemned != nil }

    mutating func expire(at date: Timestamp?) {
        expires = date
        if let date { latestExpiry = max(latestExpiry, date) }
    }

    /// Whether nobody who knew of a promise of so many days may condemn or delete it yet.
    func isPromised(_ days: Int64, at now: Timestamp) -> Bool { days > 0 && max(latestExpiry, time + days * 86_400) > now }
}

/// What the ledger knows of one key log.
struct KeyBook {
    var count = 0
    var activated: Set<String> = []
    /// The record that retired it.
    var retired: [String: Int] = [:]
    var announced: [String: Set<String>] = [:]
    var approved: Set<String> = []
    /// The longest time that was promised for every snapshot; zero: none.
    var promisedDays: Int64 = 0
}
