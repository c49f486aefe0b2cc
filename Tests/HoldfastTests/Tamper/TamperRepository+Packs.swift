import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// What is done to packs.
extension TamperRepository {
    /// The parts of a pack: what is before the first frame, the frames that anybody refers to, and the padding.
    private func packRegions(_ name: ObjectName, _ bytes: [UInt8]) -> [(region: TamperRegion, snapshots: [SnapshotID])] {
        let frames = Set([first, second].flatMap { chunks[$0]?[name] ?? [] }).sorted { $0.lowerBound < $1.lowerBound }
        // No file depends on these two: they are for a check that reads all, which holds a pack against its name.
        let magic = TamperRegion("magic", 0..<8, [])
        let padding = TamperRegion("padding", (frames.last?.upperBound ?? 8)..<bytes.count, [])
        return [(magic, [])]
            + frames.map { range in
                let snapshots = [first, second].filter { chunks[$0]?[name]?.contains(range) ?? false }
                return (TamperRegion("frame at \(range.lowerBound)", range, [.chunk]), snapshots)
            } + [(padding, [])]
    }

    func packCases(_ name: ObjectName, _ density: TamperDensity) -> [TamperCase] {
        guard let bytes = objects[name] else { return [] }
        var cases: [TamperCase] = []
        for (region, snapshots) in packRegions(name, bytes) {
            cases += flips(of: name, [region], touching: snapshots, density)
            for count in region.range where density.picks(count, of: region.range, phase: 1) {
                let cut = [first, second].filter { chunks[$0]?[name]?.contains { $0.upperBound > count } ?? false }
                cases.append(
                    TamperCase("\(name) cut to \(count)", [name: Array(bytes[..<count])], expected([.truncated], of: cut)))
            }
            for offset in [region.range.lowerBound, region.range.upperBound - 1] {
                cases += renamed(name, bytes, changedAt: offset, "\(region.name) of \(name)")
            }
        }
        cases.append(TamperCase("\(name) and a byte", [name: bytes + [0]], [:]))
        return cases + exchangedFrames(name, bytes)
    }

    /// A changed pack under the name that its bytes now have: as it is, and with the pack tables and their sums made to match, so that
    /// nothing but the MAC stands in the way.
    private func renamed(_ name: ObjectName, _ bytes: [UInt8], changedAt offset: Int, _ what: String) -> [TamperCase] {
        guard case .pack(let id, let owner) = name.parsed else { return [] }
        var changed = bytes
        changed[offset] ^= 0x01
        let newID = SHA256.hash(changed.span)
        let moved: [ObjectName: [UInt8]?] = [name: nil, .pack(newID, of: owner): changed]
        let users = [first, second].filter { chunks[$0]?[name] != nil }
        var forged = moved
        for user in users {
            guard let manifest = objects[.record(1, of: user)] else { continue }
            forged[.record(1, of: user)] = withRow(manifest, of: id, saying: newID)
        }
        let manifests = Set(users.map { ObjectName.record(1, of: $0).text })
        return [
            TamperCase("\(what): byte \(offset), renamed", moved, expected([.missing], of: users)),
            TamperCase(
                "\(what): byte \(offset), renamed in the pack tables", forged, expected([.header], of: users), names: manifests),
        ]
    }

    private func withRow(_ manifest: [UInt8], of old: Digest, saying new: Digest) -> [UInt8] {
        let at = ContainerRegions(manifest).rows
        var rows = stride(from: at.lowerBound, to: at.upperBound, by: 44).map { Array(manifest[$0..<($0 + 44)]) }
        for index in rows.indices where rows[index].starts(with: old.bytes) {
            rows[index].replaceSubrange(0..<32, with: new.bytes)
        }
        rows.sort { $0.lexicographicallyPrecedes($1) }
        return withSum(manifest[..<at.lowerBound] + rows.flatMap(\.self) + manifest[at.upperBound...])
    }

    /// Every two frames that follow one another, in the other order.
    private func exchangedFrames(_ name: ObjectName, _ bytes: [UInt8]) -> [TamperCase] {
        let frames = packRegions(name, bytes).dropFirst().dropLast()
        return zip(frames, frames.dropFirst()).map { one, two in
            let (a, b) = (one.region.range, two.region.range)
            let changed = Array(bytes[..<a.lowerBound] + bytes[b] + bytes[a] + bytes[b.upperBound...])
            let touched = Set(one.snapshots + two.snapshots).sorted()
            return TamperCase(
                "frames at \(a.lowerBound) and \(b.lowerBound) of \(name) exchanged", [name: changed],
                expected([.chunk], of: touched))
        }
    }
}
