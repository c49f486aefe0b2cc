import HoldfastCrypto
import HoldfastModel

extension Books {
    mutating func created(startOf id: SnapshotID, at site: Int) {
        let known = sites[site].snapshots[id]?.hadStart ?? false
        require(!known, "the start record of \(id.short) was created twice")
        sites[site].snapshots[id, default: SnapshotBook()].hasStart = true
        sites[site].snapshots[id]?.hadStart = true
    }

    /// What stands at number 1: a manifest, or *aborted*. Without a start record it is void.
    mutating func created(outcome bytes: [UInt8], of id: SnapshotID, at site: Int, by author: Author) {
        guard var snapshot = sites[site].snapshots[id], snapshot.hasStart else { return }
        defer { sites[site].snapshots[id] = snapshot }
        guard let manifest = ManifestGlance(bytes) else {
            require(RecordGlance.read(bytes)?.kind == "aborted", "what stands at \(id.short)/1 is neither manifest nor aborted")
            snapshot.isAborted = true
            return
        }
        require(author.content != nil, "\(author.name) committed \(id.short), and backed nothing up")
        (snapshot.hasManifest, snapshot.wasLive, snapshot.content) = (true, true, author.content)
        snapshot.time = Timestamp(manifest.header.time) ?? snapshot.time
        snapshot.expire(at: manifest.header.expires.flatMap { Timestamp($0) })
        snapshot.openers = Set(manifest.header.envelopes.map(\.cmk))
        snapshot.packs = manifest.packs
        for (name, byteCount) in manifest.packs {
            require(sites[site].packs[name] == byteCount, "\(id.short) was committed, and its pack \(name) is not there")
            sites[site].references[name, default: []].insert(id)
        }
        for cmk in snapshot.openers {
            let retired = sites[site].keyLog.retired[cmk] ?? .max
            require(manifest.header.key_log < retired, "\(id.short) was committed under \(cmk), which it has read as retired")
        }
        sites[site].snapshots[id] = snapshot
        requireCovers()
    }

    /// Records from 2 on. Those of a snapshot that is final, or void, count for nothing.
    mutating func created(record bytes: [UInt8], of id: SnapshotID, at site: Int, by author: Author, now: Timestamp) {
        guard var snapshot = sites[site].snapshots[id], snapshot.hasStart, !snapshot.isFinal else { return }
        defer { sites[site].snapshots[id] = snapshot }
        guard let record = RecordGlance.read(bytes) else { return require(false, "a record of \(id.short) cannot be read") }
        snapshot.recorded[record.kind + (record.name ?? record.hold ?? ""), default: 0] += 1
        let isPromised = author.promisedDays.indices.contains(site) && snapshot.isPromised(author.promisedDays[site], at: now)
        switch record.kind {
        case "condemned":
            let isDue = snapshot.expires.map { $0 <= now } ?? false
            require(
                snapshot.holds.isEmpty && (isDue || author.forgets.contains(id)),
                "\(author.name) condemned \(id.short), which is kept until \(snapshot.expires.map { "\($0)" } ?? "ever") or held")
            require(!isPromised, "\(author.name) condemned \(id.short), which was promised to stay")
            guard let purgeAfter = record.purge_after.flatMap({ Timestamp($0) }) else { return }
            snapshot.condemned = (purgeAfter, now)
        case "undeleted":
            snapshot.condemned = nil
            if let name = record.hold { snapshot.holds.insert(name) }
            if let until = record.until.flatMap({ Timestamp($0) }) { snapshot.expire(at: until) }
        case "hold": if let name = record.name { snapshot.holds.insert(name) }
        case "release": if let name = record.name { snapshot.holds.remove(name) }
        case "expiry": snapshot.expire(at: record.expires.flatMap { Timestamp($0) })
        case "envelope": if let cmk = record.cmk { snapshot.openers.insert(cmk) }
        case "deleting":
            let isOver = snapshot.condemned.map { max($0.purgeAfter, grace.after($0.at)) <= now } ?? false
            require(
                isOver && snapshot.holds.isEmpty,
                "\(author.name) decided to delete \(id.short), which is \(snapshot.holds.isEmpty ? "not past its grace time" : "held")"
            )
            require(!isPromised, "\(author.name) decided to delete \(id.short), which was promised to stay")
            snapshot.isDeleting = true
            forgetReferences(of: id, at: site)
        default: require(record.kind == "damaged" || record.kind == "sound", "\(id.short) has a record of kind \(record.kind)")
        }
    }

    mutating func deleted(record n: Int, of id: SnapshotID, at site: Int) {
        guard let snapshot = sites[site].snapshots[id], snapshot.hasStart else { return }
        guard n == 0 else { return require(false, "\(id.short)/\(n) was deleted before \(id.short)/0") }
        require(snapshot.isFinal, "the start record of \(id.short) was deleted, and nothing had decided that")
        sites[site].snapshots[id]?.hasStart = false
        forgetReferences(of: id, at: site)
    }

    private mutating func forgetReferences(of id: SnapshotID, at site: Int) {
        for name in sites[site].snapshots[id]?.packs.keys.map({ $0 }) ?? [] { sites[site].references[name]?.remove(id) }
    }
}
