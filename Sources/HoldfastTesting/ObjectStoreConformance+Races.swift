import HoldfastModel

extension ObjectStoreConformance {
    static let racing = [
        Sentence("of many that create one name at once exactly one succeeds, and its bytes stand") { store in
            for number in 0..<8 {
                let name = ObjectName.record(number, of: id(1))
                let created = await concurrently(16) { racer in
                    await error { () throws(StoreError) in try await store.create(name, [racer]) }
                }
                let winners = created.filter { $0.error == nil }.map(\.racer)
                try expect(winners.count, is: 1, "how many succeeded at \(name)")
                let others = Set(created.compactMap(\.error))
                try expect(others, is: [.exists(name)], "what the others were told")
                try expect(await store.read(name), is: winners, "whose bytes stand")
            }
        },
        Sentence("many that create names of their own at once all succeed") { store in
            let created = await concurrently(32) { racer in
                await error { () throws(StoreError) in try await store.create(.pack(sum(racer), of: id(racer % 4)), [racer]) }
            }
            try expect(Set(created.compactMap(\.error)), is: [], "the errors")
            for racer in 0..<32 as Range<UInt8> {
                try expect(await store.read(.pack(sum(racer), of: id(racer % 4))), is: [racer], "what it reads")
            }
        },
        Sentence("no reader sees a part of an object that is being replaced") { store in
            let name = ObjectName.checkpoint(id(1))
            try await store.replace(name, [UInt8](repeating: 0, count: 1_000))
            let seen = await concurrently(16) { racer in
                await error { () throws(StoreError) in
                    if racer.isMultiple(of: 2) {
                        return try await store.replace(name, [UInt8](repeating: racer, count: 1_000 + Int(racer)))
                    }
                    let bytes = try await store.read(name)
                    let isWhole = bytes.count == 1_000 + Int(bytes[0]) && bytes.allSatisfy { $0 == bytes[0] }
                    if !isWhole { throw .damaged(name, detail: "a mixture was read") }
                }
            }
            try expect(Set(seen.compactMap(\.error)), is: [], "the errors")
        },
        Sentence("creating beside deleting in the same places never fails") { store in
            let failures = await concurrently(16) { racer in
                await error { () throws(StoreError) in
                    let name = ObjectName.pack(sum(racer), of: id(1))
                    for _ in 0..<8 {
                        try await store.create(name, [racer])
                        try await store.delete(name)
                    }
                }
            }
            try expect(Set(failures.compactMap(\.error)), is: [], "the errors")
            try expect(await store.listPackOwners(), is: [], "the owners")
        },
    ]

    private static func concurrently(
        _ count: UInt8, _ race: @escaping @Sendable (UInt8) async -> StoreError?
    ) async -> [(racer: UInt8, error: StoreError?)] {
        await withTaskGroup(of: (racer: UInt8, error: StoreError?).self) { group in
            for racer in 0..<count { group.addTask { (racer, await race(racer)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
