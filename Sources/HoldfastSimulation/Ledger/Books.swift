import HoldfastModel

/// What was promised and what happened, by whoever watches and takes no part: folded out of the changes to the stores, with rules of its own.
struct Books {
    struct Site {
        var snapshots: [SnapshotID: SnapshotBook] = [:]
        /// Those that are there, with their lengths.
        var packs: [ObjectName: Int] = [:]
        /// Which existing snapshots refer to a pack.
        var references: [ObjectName: Set<SnapshotID>] = [:]
        var keyLog = KeyBook()
    }

    var sites: [Site]
    /// How long what is condemned stays at least.
    let grace: Period
    /// Sets of CMKs of which it was said that they can be deleted for good.
    var safe: [Set<String>] = []
    /// CMKs whose deletion was approved at any time: they cover nothing any more.
    var everApproved: Set<String> = []
    var violations: [String] = []

    init(siteCount: Int, grace: Period) {
        sites = (0..<siteCount).map { _ in Site() }
        self.grace = grace
    }

    mutating func require(_ holds: Bool, _ broken: @autoclosure () -> String) {
        if !holds { violations.append(broken()) }
    }

    mutating func created(_ name: ObjectName, _ bytes: [UInt8], at site: Int, by author: Author, now: Timestamp) {
        switch name.parsed {
        case .record(0, let id): created(startOf: id, at: site)
        case .record(1, let id): created(outcome: bytes, of: id, at: site, by: author)
        case .record(_, let id): created(record: bytes, of: id, at: site, by: author, now: now)
        case .pack: sites[site].packs[name] = bytes.count
        case .keyRecord(let n): created(keyRecord: bytes, n, at: site)
        case .repository, .checkpoint, .purge, .probe, nil: return
        }
    }

    mutating func deleted(_ name: ObjectName, at site: Int) {
        switch name.parsed {
        case .record(let n, let id): deleted(record: n, of: id, at: site)
        case .pack: deleted(pack: name, at: site)
        case .keyRecord: require(false, "a record of a key log was deleted: \(name)")
        case .repository: require(false, "the repository's description was deleted")
        case .checkpoint, .purge, .probe, nil: return
        }
    }

    private mutating func deleted(pack name: ObjectName, at site: Int) {
        let needing = sites[site].references[name] ?? []
        require(needing.isEmpty, "pack \(name) was deleted, and snapshot \(needing.min()?.short ?? "") refers to it")
        sites[site].packs[name] = nil
    }

    /// Every existing snapshot can be opened without what may be deleted: each set that was called safe, and all that was approved together.
    mutating func requireCovers() {
        for site in sites {
            for (id, snapshot) in site.snapshots where snapshot.exists {
                let openers = snapshot.openers
                require(
                    !openers.subtracting(everApproved).isEmpty,
                    "the deletion of \(openers.sorted()) was approved, and snapshot \(id.short) needs one of them")
                for cmks in safe {
                    require(
                        !openers.isSubset(of: cmks),
                        "\(cmks.sorted()) was called safe for good, and snapshot \(id.short) needs it")
                }
            }
        }
    }
}
