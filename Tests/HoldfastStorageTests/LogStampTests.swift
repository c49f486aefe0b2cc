import FoundationEssentials
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import Testing

@Suite("What a directory store tells of logs without reading them")
struct LogStampTests {
    /// A store with three logs of two records, and their stamps as of a minute later.
    private func withLogs(_ body: (DirectoryStore, [SnapshotID], [SnapshotID: LogStamp], Timestamp) async throws -> Void)
        async throws
    {
        try await withDirectoryStore { store in
            let ids: [SnapshotID] = (0..<3).map { _ in Random.id() }
            for id in ids {
                for n in 0...1 { try await store.create(.record(n, of: id), [1, 2, 3]) }
            }
            let later = try await store.now() + 60
            let stamps = try await store.changedLogs(since: { [:] }, at: later).changed.compactMapValues(\.stamp)
            try await body(store, ids, stamps, later)
        }
    }

    @Test("logs that nobody touched are not listed again")
    func unchanged() async throws {
        try await withLogs { store, ids, stamps, later in
            #expect(Set(stamps.keys) == Set(ids))
            let listing = try await store.changedLogs(since: { [stamps] in LogStamps(stamps) }, at: later)
            #expect(listing.changed.isEmpty && listing.gone.isEmpty)
        }
    }

    @Test("what changed a moment ago bears no stamp")
    func tooLate() async throws {
        try await withDirectoryStore { store in
            let ids: [SnapshotID] = (0..<3).map { _ in Random.id() }
            let before = try await store.now()
            for id in ids { try await store.create(.record(0, of: id), [1]) }
            let listing = try await store.changedLogs(since: { [:] }, at: before)
            #expect(Set(listing.changed.keys) == Set(ids))
            #expect(listing.changed.values.allSatisfy { $0.stamp == nil })
        }
    }

    @Test("a record that comes, or goes, or is overwritten in place with as many bytes and the former time, is seen")
    func changes() async throws {
        try await withLogs { store, ids, stamps, later in
            let manifest = store.path + "/snapshots/\(ids[2])/1"
            let time = try FileManager.default.attributesOfItem(atPath: manifest)[.modificationDate] as? Date
            try await store.create(.record(2, of: ids[0]), [9])
            try await store.delete(.record(0, of: ids[1]))
            try writeFile(manifest, [4, 5, 6])
            try FileManager.default.setAttributes([.modificationDate: try #require(time)], ofItemAtPath: manifest)
            let listing = try await store.changedLogs(since: { [stamps] in LogStamps(stamps) }, at: later)
            #expect(Set(listing.changed.keys) == Set(ids))
            #expect(listing.changed[ids[0]]?.records.keys.sorted() == [0, 1, 2])
            #expect(listing.changed[ids[1]]?.records.keys.sorted() == [1])
        }
    }

    @Test(
        "a known log that can no longer be looked at is another one now, with what is wrong, and keeps no other from being told")
    func unlookable() async throws {
        try await withLogs { store, ids, stamps, later in
            let log = store.path + "/snapshots/\(ids[0])"
            try FileManager.default.removeItem(atPath: log)
            try FileManager.default.createSymbolicLink(atPath: log, withDestinationPath: "\(ids[0])")
            let listing = try await store.changedLogs(since: { [stamps] in LogStamps(stamps) }, at: later)
            #expect(Set(listing.changed.keys) == [ids[0]] && listing.gone.isEmpty)
            #expect(listing.changed[ids[0]]?.records[0]?.problem != nil)
        }
    }

    @Test("a log of which nothing is left is gone, and one with a gap gets no stamp")
    func gone() async throws {
        try await withLogs { store, ids, stamps, later in
            for n in 0...1 { try await store.delete(.record(n, of: ids[0])) }
            try await store.create(.record(5, of: ids[1]), [])
            let listing = try await store.changedLogs(since: { [stamps] in LogStamps(stamps) }, at: later)
            #expect(listing.gone == [ids[0]])
            #expect(Set(listing.changed.keys) == [ids[1]])
            #expect(listing.changed[ids[1]]?.stamp == nil)
        }
    }
}
