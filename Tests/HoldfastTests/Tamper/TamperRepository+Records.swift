import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// What is done to records, to the key log and to the repository's description. Nothing that is restored rests on any of them.
extension TamperRepository {
    func recordCases(_ density: TamperDensity) -> [TamperCase] {
        records.flatMap { name -> [TamperCase] in
            guard case .record(let n, let id) = name.parsed else { return [] }
            let isLast = objects[.record(n == 0 ? 1 : n + 1, of: id)] == nil
            // What follows is chained to it, and says so. Nobody can tell who wrote the last one.
            let next: ObjectName = n == 0 ? .record(1, of: id) : .record(n + 1, of: id)
            return cases(of: name, density, isLast: isLast, chained: next)
        }
    }

    func keyRecordCases(_ density: TamperDensity) -> [TamperCase] {
        keyRecords.flatMap { name -> [TamperCase] in
            guard case .keyRecord(let n) = name.parsed else { return [] }
            // Of the last one the witness knows the hash.
            return cases(of: name, density, isLast: false, chained: .keyRecord(n + 1))
        }
    }

    func descriptionCases(_ density: TamperDensity) -> [TamperCase] {
        guard let bytes = objects[.repository] else { return [] }
        // Its date is for people, and there is no sum: what is another date is one.
        let whole = TamperRegion("description", bytes.indices, [])
        return bytes.indices.flatMap { offset -> [TamperCase] in
            [UInt8(0x01), 0x80].map { mask in
                var changed = bytes
                changed[offset] ^= mask
                return TamperCase("\(whole.name): byte \(offset) ^ \(mask)", [.repository: changed], [:], mayBeSilent: true)
            }
        } + bytes.indices.map { TamperCase("description cut to \($0)", [.repository: Array(bytes[..<$0])], [:]) }
    }

    private func cases(
        of name: ObjectName, _ density: TamperDensity, isLast: Bool, chained next: ObjectName
    ) -> [TamperCase] {
        guard let bytes = objects[name] else { return [] }
        let names: Set<String> = [next.text]
        let whole = TamperRegion("record", bytes.indices, [])
        var cases = flips(
            of: name, [whole], touching: [], density, mayBeSilent: isLast, names: names, withSum: withRecordSum)
        for count in 0..<bytes.count where density.picks(count, of: bytes.indices, phase: 0) {
            let cut = Array(bytes[..<count])
            cases.append(TamperCase("\(name) cut to \(count)", [name: cut], [:], names: names))
            guard count >= 73 else { continue }
            cases.append(TamperCase("\(name) cut to \(count), with its sum", [name: withRecordSum(cut)], [:], names: names))
        }
        let twice = withRecordSum(Array("{\"by\":\"x\",".utf8) + bytes.dropFirst())
        return cases + [
            TamperCase("\(name) and a byte", [name: bytes + [32]], [:], names: names),
            TamperCase("\(name) with a member twice", [name: twice], [:], names: names),
        ]
    }
}
