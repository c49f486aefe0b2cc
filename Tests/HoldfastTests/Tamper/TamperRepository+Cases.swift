import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// What is done to every kind of object.
extension TamperRepository {
    /// All names of one kind, ascending.
    private func names(where isOfKind: (ObjectName.Parsed) -> Bool) -> [ObjectName] {
        objects.keys.filter { $0.parsed.map(isOfKind) ?? false }.sorted()
    }

    var packs: [ObjectName] { names { if case .pack = $0 { true } else { false } } }
    var keyRecords: [ObjectName] { names { if case .keyRecord = $0 { true } else { false } } }
    /// Of the snapshots' logs, but for the manifests.
    var records: [ObjectName] { names { if case .record(let n, _) = $0 { n != 1 } else { false } } }

    /// Bytes changed in two ways each, as they stand, and with the sum made to match where there is one.
    func flips(
        of name: ObjectName, _ table: [TamperRegion], touching ids: [SnapshotID], _ density: TamperDensity,
        mayBeSilent: Bool = false, names: Set<String> = [], withSum: (([UInt8]) -> [UInt8])? = nil
    ) -> [TamperCase] {
        guard let bytes = objects[name] else { return [] }
        var cases: [TamperCase] = []
        for region in table {
            for offset in region.range where density.picks(offset, of: region.range, phase: region.range.lowerBound) {
                for mask in [UInt8(0x01), 0x80] {
                    var changed = bytes
                    changed[offset] ^= mask
                    let what = "\(name), \(region.name): byte \(offset) ^ \(mask)"
                    cases.append(TamperCase(what, [name: changed], expected(region.faults, of: ids), names: names))
                    // In the sum itself that undoes the change.
                    guard let forged = withSum?(changed), forged != bytes else { continue }
                    cases.append(
                        TamperCase(
                            what + ", with its sum", [name: forged], expected(region.forgedFaults, of: ids),
                            mayBeSilent: mayBeSilent, names: names))
                }
            }
        }
        return cases
    }

    func expected(_ faults: Set<TamperFault>, of ids: [SnapshotID]) -> [SnapshotID: Set<TamperFault>] {
        Dictionary(uniqueKeysWithValues: ids.map { ($0, faults) })
    }

    /// Every 4 KiB of every object as zeros: what a file system gives back that lost a block.
    func zeroedBlocks() -> [TamperCase] {
        var cases: [TamperCase] = []
        for (name, bytes) in objects.sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: bytes.count, by: 4096) {
                var changed = bytes
                for index in start..<min(start + 4096, bytes.count) { changed[index] = 0 }
                let isIgnored = if case .checkpoint = name.parsed { true } else { false }
                cases.append(
                    TamperCase(
                        "\(name) zeroed from \(start)", [name: changed], whatItTouches(name, start..<(start + 4096)),
                        mayBeSilent: isIgnored))
            }
        }
        return cases
    }

    /// Every object gone.
    func deletions() -> [TamperCase] {
        objects.keys.sorted().map { name in
            var faults = whatItTouches(name, 0..<Int.max)
            switch name.parsed {
            case .record(0, let id): faults = [id: [.absent]]
            // Later records stand, so there was one.
            case .record(1, let id): faults = [id: [.missing]]
            case .pack: faults = faults.mapValues { _ in [.missing] }
            default: break
            }
            // A snapshot that is not there yet is missed by nobody.
            let isMissed = !name.text.hasSuffix(interrupted.hex) && name != .record(0, of: interrupted)
            return TamperCase("\(name) deleted", [name: nil], faults, mayBeSilent: !isMissed)
        }
    }

    /// Every object in the place of every other one of its kind.
    func replacements() -> [TamperCase] {
        var cases: [TamperCase] = []
        for kind in [packs, keyRecords, records] {
            for name in kind {
                for other in kind where other != name {
                    guard let bytes = objects[other] else { continue }
                    cases.append(TamperCase("\(other) as \(name)", [name: bytes], whatItTouches(name, 0..<Int.max)))
                }
            }
        }
        return cases + exchangedManifests()
    }

    /// Which snapshots come back otherwise, or not at all, once this part of an object is another one.
    private func whatItTouches(_ name: ObjectName, _ range: Range<Int>) -> [SnapshotID: Set<TamperFault>] {
        switch name.parsed {
        case .record(1, let id): return [id: [.notHoldfast, .truncated]]
        case .pack:
            let touched = [first, second].filter { chunks[$0]?[name]?.contains { $0.overlaps(range) } ?? false }
            return expected([.chunk, .truncated], of: touched)
        default: return [:]
        }
    }
}
