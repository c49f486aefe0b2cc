import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// What is done to a manifest.
extension TamperRepository {
    /// What may be said of a change, by where it is. Whoever opens it is told first what a keyless reader sees.
    private func manifestTable(_ bytes: [UInt8]) -> [TamperRegion] {
        let at = ContainerRegions(bytes)
        let sizes: Set<TamperFault> = [.limit, .truncated, .order, .json, .header]
        let header: Set<TamperFault> = [.json, .header, .envelope, .cluster, .newer]
        return [
            TamperRegion("magic", 0..<8, [.notHoldfast]),
            TamperRegion("version", 8..<9, [.notHoldfast, .newer]),
            TamperRegion("kind", 9..<10, [.notHoldfast]),
            TamperRegion("flags", 10..<12, [.newer]),
            TamperRegion("header length", 12..<16, sizes),
            TamperRegion("pack count", 16..<20, sizes),
            TamperRegion("repository", 20..<36, [.repository]),
            TamperRegion("snapshot", 36..<52, [.snapshot]),
            TamperRegion("salt", 52..<84, [.damaged], forged: [.commitment]),
            TamperRegion("commitment", 84..<116, [.damaged], forged: [.commitment]),
            TamperRegion("header", at.header, header.union([.damaged]), forged: header),
            TamperRegion("owner count", at.header.upperBound..<at.owners.lowerBound, sizes),
            TamperRegion("owners", at.owners, [.header, .order]),
            TamperRegion("rows", at.rows, [.header, .order, .limit]),
            TamperRegion("MAC", at.mac, [.header]),
            TamperRegion("body", at.body, [.body]),
            TamperRegion("sum", at.sum, [.damaged], forged: [.none]),
        ]
    }

    func manifestCases(_ id: SnapshotID, _ density: TamperDensity) -> [TamperCase] {
        let name = ObjectName.record(1, of: id)
        guard let bytes = objects[name] else { return [] }
        var cases = flips(of: name, manifestTable(bytes), touching: [id], density, withSum: withSum)
        for count in 0..<bytes.count where density.picks(count, of: 0..<bytes.count, phase: 0) {
            let cut = Array(bytes[..<count])
            let faults: Set<TamperFault> = [.truncated, .body, .header, .notHoldfast]
            cases.append(TamperCase("\(name) cut to \(count)", [name: cut], [id: faults]))
            guard count >= 32 else { continue }
            cases.append(TamperCase("\(name) cut to \(count), with its sum", [name: withSum(cut)], [id: faults]))
        }
        let sum = [UInt8](repeating: 0, count: 32)
        let longer = withSum(Array(bytes.dropLast(32)) + [0] + sum)
        cases += [
            TamperCase("\(name) and a byte", [name: bytes + [0]], [id: [.body]]),
            TamperCase("\(name) and a byte, with its sum", [name: longer], [id: [.body]]),
            TamperCase("\(name) with a member twice", [name: withMemberTwice(bytes)], [id: [.json]]),
        ]
        return cases
    }

    /// The header's first member stands twice; its length and the sum are right.
    private func withMemberTwice(_ bytes: [UInt8]) -> [UInt8] {
        let header = ContainerRegions(bytes).header
        let member = Array(#""cluster":"default","#.utf8)
        var changed = bytes
        changed.insert(contentsOf: member, at: header.lowerBound + 1)
        changed.replaceSubrange(12..<16, with: UInt32(header.count + member.count).bigEndianBytes)
        return withSum(changed)
    }

    /// Each manifest under the other's name: as it is, under the other's id, and both at once.
    func exchangedManifests() -> [TamperCase] {
        let names = [ObjectName.record(1, of: first), .record(1, of: second)]
        guard let one = objects[names[0]], let two = objects[names[1]] else { return [] }
        func renamed(_ bytes: [UInt8], to id: SnapshotID) -> [UInt8] { withSum(bytes[..<36] + id.bytes + bytes[52...]) }
        func mixed(_ front: [UInt8], _ back: [UInt8]) -> [UInt8] {
            withSum(Array(front[..<ContainerRegions(front).body.lowerBound] + back[ContainerRegions(back).body.lowerBound...]))
        }
        return [
            TamperCase("the second's manifest as the first's", [names[0]: two], [first: [.snapshot]]),
            TamperCase("the first's manifest as the second's", [names[1]: one], [second: [.snapshot]]),
            TamperCase("manifests exchanged", [names[0]: two, names[1]: one], [first: [.snapshot], second: [.snapshot]]),
            TamperCase("the second's manifest under the first's id", [names[0]: renamed(two, to: first)], [first: [.envelope]]),
            TamperCase("the first's manifest under the second's id", [names[1]: renamed(one, to: second)], [second: [.envelope]]),
            TamperCase("the first's clear part over the second's body", [names[0]: mixed(one, two)], [first: [.body]]),
        ]
    }
}
