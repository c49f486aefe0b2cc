import HoldfastFormat
import HoldfastModel

/// One object at a time.
extension ObjectStoreConformance {
    static let reading = [
        Sentence("what was created reads back, whole and in ranges") { store in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let name = ObjectName.pack(sum(1), of: id(1))
            try await store.create(name, bytes)
            try expect(await store.read(name) == bytes, is: true, "the whole reads back")
            for range in [0..<1, 299_999..<300_000, 65_000..<70_000, 0..<300_000, 7..<7, 300_000..<300_000] {
                try expect(await store.read(name, range: range) == Array(bytes[range]), is: true, "\(range) reads back")
            }
        },
        Sentence("ranges read into one buffer as they read without, and past the end they are damage") { store in
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let (name, buffer) = (ObjectName.pack(sum(1), of: id(1)), ReadBuffer())
            try await store.create(name, bytes)
            for range in [65_000..<70_000, 0..<300_000, 299_999..<300_000, 7..<7] {
                try await store.read(name, range: range, into: buffer)
                var same = false
                buffer.withBytes(in: 0..<range.count) { same = $0.span.hasSameBytes(as: bytes.span.extracting(range)) }
                try expect(same, is: true, "\(range) reads into the buffer")
            }
            try await expectDamaged(name) { () throws(StoreError) in
                try await store.read(name, range: 299_999..<300_001, into: buffer)
            }
            try await expect(.notFound(.keyRecord(1)), "a read of what is not there") { () throws(StoreError) in
                try await store.read(.keyRecord(1), range: 0..<1, into: buffer)
            }
        },
        Sentence("an object may be empty") { store in
            try await store.create(.keyRecord(0), [])
            try expect(await store.read(.keyRecord(0)), is: [], "what it reads")
            try expect(await store.stat(.keyRecord(0))?.byteCount, is: 0, "its size")
        },
        Sentence("every form of name takes an object") { store in
            for name in [
                .repository, .keyRecord(123), .record(0, of: id(1)), .pack(sum(2), of: id(1)), .checkpoint(id(1)), .probe(id(3)),
            ] as [ObjectName] {
                try await store.create(name, Array(name.text.utf8))
                try expect(await store.read(name), is: Array(name.text.utf8), "what \(name) reads")
            }
        },
        Sentence("what is not there is not found, and the error names it") { store in
            for name in [.repository, .keyRecord(1), .record(0, of: id(1)), .pack(sum(1), of: id(1))] as [ObjectName] {
                try await expect(.notFound(name), "a read") { () throws(StoreError) in _ = try await store.read(name) }
                try await expect(.notFound(name), "a read of a range") { () throws(StoreError) in
                    _ = try await store.read(name, range: 0..<1)
                }
                try expect(await store.stat(name), is: nil, "stat of \(name)")
            }
        },
        Sentence("a range past the end is damage") { store in
            let name = ObjectName.pack(sum(1), of: id(1))
            try await store.create(name, [1, 2, 3])
            for range in [0..<4, 3..<4, 4..<4, 100..<200] {
                try await expectDamaged(name) { () throws(StoreError) in _ = try await store.read(name, range: range) }
            }
        },
        Sentence("an object that is longer than its name lets it be is damage where it is asked for whole") { store in
            for name in [.repository, .keyRecord(0), .record(0, of: id(1)), .record(2, of: id(1)), .purge(0), .probe(id(3))]
                as [ObjectName]
            {
                let longest = name.maximumByteCount
                try await store.create(name, [UInt8](repeating: 7, count: name == .repository ? 4 * longest : longest + 1))
                try await expectDamaged(name) { () throws(StoreError) in _ = try await store.read(name) }
                try await expectDamaged(name) { () throws(StoreError) in _ = try await store.read(all: [name]) }
                try expect(await store.read(name, range: longest..<(longest + 1)), is: [7], "a range of \(name)")
                try await store.delete(name)
                try await store.create(name, [UInt8](repeating: 7, count: longest))
                try expect(await store.read(name).count, is: longest, "what \(name) reads")
            }
        },
        Sentence("many objects read in the order of their names, or the one that is missing is named") { store in
            let names = [1, 0, 2].map { ObjectName.keyRecord($0) } + [.record(0, of: id(1))]
            for (index, name) in names.enumerated() { try await store.create(name, [UInt8(index)]) }
            try expect(await store.read(all: names), is: [[0], [1], [2], [3]], "what they read")
            try await expect(.notFound(.keyRecord(9)), "a read of one that is not there") { () throws(StoreError) in
                _ = try await store.read(all: names + [.keyRecord(9)])
            }
        },
        Sentence("many objects read one by one say each what it is, or why it cannot be read, whether they are relied on or not")
        { store in
            let names = [1, 0].map { ObjectName.keyRecord($0) } + [.record(0, of: id(1))]
            for (index, name) in names.enumerated() { try await store.create(name, [UInt8(index)]) }
            for isReliedOn in [false, true] {
                let read = await store.read(each: [names[0], .keyRecord(9), names[1], names[2]], isReliedOn: isReliedOn)
                let expected: [Result<[UInt8], StoreError>] = [
                    .success([0]), .failure(.notFound(.keyRecord(9))), .success([1]), .success([2]),
                ]
                try expect(read, is: expected, "what they read")
                try expect(await store.read(each: [], isReliedOn: isReliedOn), is: [], "none of them")
            }
        },
        Sentence("stat tells name and size") { store in
            try await store.create(.record(1, of: id(4)), [1, 2, 3])
            let object = try await store.stat(.record(1, of: id(4)))
            try expect(object?.name, is: .record(1, of: id(4)), "the name")
            try expect(object?.byteCount, is: 3, "the size")
        },
    ]

    static let creating = [
        Sentence("a name that is taken is refused, and nothing is changed") { store in
            for name in [.repository, .keyRecord(0), .record(1, of: id(1)), .checkpoint(id(1))] as [ObjectName] {
                try await store.create(name, [1])
                try await expect(.exists(name), "a second create") { () throws(StoreError) in
                    try await store.create(name, [2, 2])
                }
                try expect(await store.read(name), is: [1], "what \(name) reads")
            }
        },
        Sentence("a create with the very same bytes is refused as well") { store in
            try await store.create(.keyRecord(0), [1])
            try await expect(.exists(.keyRecord(0)), "a second create") { () throws(StoreError) in
                try await store.create(.keyRecord(0), [1])
            }
        },
    ]

    static let replacing = [
        Sentence("a checkpoint is created, and replaced whole") { store in
            let name = ObjectName.checkpoint(id(1))
            for bytes in [[1, 2, 3], [4], [], [5, 6]] as [[UInt8]] {
                try await store.replace(name, bytes)
                try expect(await store.read(name), is: bytes, "what it reads")
            }
            try expect(await store.list(.checkpoints).map(\.name), is: [name], "what is listed")
        }
    ]

    static let deleting = [
        Sentence("what is deleted is gone, and nothing else is") { store in
            for number in 0..<3 { try await store.create(.record(number, of: id(1)), [1]) }
            try await store.delete(.record(1, of: id(1)))
            try expect(await store.stat(.record(1, of: id(1))), is: nil, "stat")
            let rest = try await store.list(.snapshots).map(\.name)
            try expect(rest, is: [.record(0, of: id(1)), .record(2, of: id(1))], "what is listed")
        },
        Sentence("deleting what is not there is no error") { store in
            for name in [.keyRecord(1), .record(0, of: id(1)), .pack(sum(1), of: id(1)), .checkpoint(id(1))] as [ObjectName] {
                try await store.delete(name)
            }
        },
        Sentence("a name that was deleted is free again") { store in
            let name = ObjectName.pack(sum(1), of: id(1))
            for byte in 1...3 as ClosedRange<UInt8> {
                try await store.create(name, [byte])
                try expect(await store.read(name), is: [byte], "what it reads")
                try await store.delete(name)
            }
        },
    ]

    static let time = [
        Sentence("an object's time is the store's own") { store in
            let before = try await store.now()
            try await store.create(.keyRecord(0), [1])
            let created = try await store.stat(.keyRecord(0))?.modified ?? Timestamp(seconds: 0)
            // A minute, for what a server's clock may differ from that of its disks.
            try expect(abs(created - before) <= 60, is: true, "\(created) is near \(before)")
            try expect(await store.list(.keys).map(\.modified), is: [created], "the time as listed")
        }
    ]
}
