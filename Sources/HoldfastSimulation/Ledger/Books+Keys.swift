import HoldfastModel

extension Books {
    mutating func created(keyRecord bytes: [UInt8], _ n: Int, at site: Int) {
        guard let record = RecordGlance.read(bytes) else { return require(false, "keys/\(n) cannot be read") }
        let count = sites[site].keyLog.count
        require(n == count, "keys/\(n) follows on keys/\(count - 1)")
        sites[site].keyLog.count = n + 1
        switch (record.kind, record.cmk, record.id) {
        case ("activate", let cmk?, _):
            require(sites[site].keyLog.retired[cmk] == nil, "\(cmk) was retired for good, and is active again")
            sites[site].keyLog.activated.insert(cmk)
        case ("retire", let cmk?, _):
            sites[site].keyLog.retired[cmk] = min(sites[site].keyLog.retired[cmk] ?? n, n)
        case ("announce", _, let id?):
            sites[site].keyLog.announced[id] = Set(record.cmks ?? [])
        case ("approve", _, let id?):
            sites[site].keyLog.approved.insert(id)
            everApproved.formUnion(sites[site].keyLog.announced[id] ?? [])
            requireCovers()
        case ("compliance", _, _):
            guard let days = record.min_keep.flatMap(Self.days) else {
                return require(false, "keys/\(n) promises no number of days")
            }
            sites[site].keyLog.promisedDays = max(sites[site].keyLog.promisedDays, days)
        default: return
        }
    }

    /// Of `5 days`.
    private static func days(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        return words.count == 2 && words[1].hasPrefix("day") ? Int64(words[0]) : nil
    }

    mutating func acknowledgedPromise(ofDays days: Int64) {
        for (number, site) in sites.enumerated() {
            require(site.keyLog.promisedDays >= days, "\(days) days were promised, and cluster \(number) does not say so")
        }
    }

    /// The rotation is done: nothing may come after it under what was active before.
    mutating func acknowledgedRotation(to cmk: String, retiring retired: [String]) {
        for (number, site) in sites.enumerated() {
            require(
                site.keyLog.activated.contains(cmk), "the rotation to \(cmk) was acknowledged, and is not in cluster \(number)")
            for old in retired {
                require(site.keyLog.retired[old] != nil, "\(old) was said to be retired, and is not in cluster \(number)")
            }
        }
    }
}
