import HoldfastModel

extension ObjectStoreConformance {
    static let listing = [
        Sentence("nothing is listed where nothing is") { store in
            for prefix in [.keys, .snapshots, .snapshot(id(1)), .packs(of: id(1)), .checkpoints, .purges] as [ObjectPrefix] {
                try expect(await store.list(prefix), is: [], "what \(prefix.text) lists")
            }
            try expect(await store.listPackOwners(), is: [], "the owners")
        },
        Sentence("a log's records come as text sorts them, with their sizes") { store in
            for number in [0, 1, 2, 10, 11, 100] {
                try await store.create(.keyRecord(number), [UInt8](repeating: 0, count: number))
            }
            let listed = try await store.list(.keys)
            try expect(listed.map(\.name.text), is: [0, 1, 10, 100, 11, 2].map { "keys/\($0)" }, "what is listed")
            try expect(listed.map(\.byteCount), is: [0, 1, 10, 100, 11, 2], "their sizes")
        },
        Sentence("each prefix lists its own and nothing else") { store in
            let names: [ObjectName] = [
                .repository, .keyRecord(0), .record(0, of: id(1)), .record(1, of: id(1)), .record(0, of: id(2)),
                .pack(sum(1), of: id(1)), .pack(sum(2), of: id(1)), .pack(sum(1), of: id(2)), .checkpoint(id(1)), .purge(0),
                .probe(id(1)),
            ]
            for name in names.reversed() { try await store.create(name, [1]) }
            let lists: [(ObjectPrefix, [ObjectName])] = [
                (.keys, [names[1]]), (.snapshots, Array(names[2...4])), (.snapshot(id(1)), Array(names[2...3])),
                (.snapshot(id(3)), []), (.packs(of: id(1)), Array(names[5...6])), (.packs(of: id(2)), [names[7]]),
                (.checkpoints, [names[8]]), (.purges, [names[9]]),
            ]
            for (prefix, expected) in lists {
                try expect(await store.list(prefix).map(\.name), is: expected, "what \(prefix.text) lists")
            }
        },
        Sentence("owners of packs come once each, ascending, until their last pack is gone") { store in
            for owner in [3, 1, 2] as [UInt8] {
                for number in 1...2 as ClosedRange<UInt8> { try await store.create(.pack(sum(number), of: id(owner)), [1]) }
            }
            try expect(await store.listPackOwners(), is: [id(1), id(2), id(3)], "the owners")
            try await store.delete(.pack(sum(1), of: id(2)))
            try expect(await store.listPackOwners(), is: [id(1), id(2), id(3)], "the owners, one pack less")
            try await store.delete(.pack(sum(2), of: id(2)))
            try expect(await store.listPackOwners(), is: [id(1), id(3)], "the owners, one of them empty")
        },
        Sentence("of logs only those are listed that are not what their stamp says") { store in
            for number in 1...3 as ClosedRange<UInt8> {
                try await store.create(.record(0, of: id(number)), [1])
                try await store.create(.record(1, of: id(number)), [1, 2])
            }
            let first = try await store.changedLogs(since: [:])
            try expect(Set(first.changed.keys), is: [id(1), id(2), id(3)], "what is new")
            try expect(first.changed[id(1)].map { $0.records.keys.sorted() }, is: [0, 1], "the records of one")
            // What changed a moment ago may bear no stamp: then it is listed again.
            let stamps = first.changed.compactMapValues(\.stamp)
            let second = try await store.changedLogs(since: LogStamps(stamps))
            try expect(Set(second.changed.keys), is: Set(first.changed.keys).subtracting(stamps.keys), "what has changed")
            try await store.create(.record(2, of: id(1)), [3])
            try await store.delete(.record(0, of: id(2)))
            for number in [0, 1] { try await store.delete(.record(number, of: id(3))) }
            let third = try await store.changedLogs(
                since: LogStamps(first.changed.mapValues { LogStamp(recordCount: $0.records.count, bytes: []) }))
            try expect(third.changed[id(1)].map { $0.records.keys.sorted() }, is: [0, 1, 2], "the log that grew")
            try expect(third.changed[id(2)].map { $0.records.keys.sorted() }, is: [1], "the log that lost its start")
            try expect(third.gone, is: [id(3)], "what is gone")
        },
        Sentence("a thousand records are listed without a gap") { store in
            for number in 0..<1_001 { try await store.create(.record(number, of: id(1)), []) }
            try expect(await store.list(.snapshot(id(1))).count, is: 1_001, "how many are listed")
        },
    ]
}
