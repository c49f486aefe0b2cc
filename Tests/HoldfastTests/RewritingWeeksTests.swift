import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

@Suite("Weeks of hourly snapshots of a changing database")
struct RewritingWeeksTests {
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400
    private static let days = 10
    private static let fileCount = 240

    @Test("keep live data over 70 % of what is stored, and the number of objects bounded")
    func weeks() async throws {
        let cluster = try await TestCluster()
        let database = try Scratch()
        var random = SeededRandom(seed: 11)
        for number in 0..<Self.fileCount { try database.write(random.bytes(2000), to: Self.name(number)) }
        var reread: UInt64 = 0
        for hour in 1...(24 * Self.days) {
            try database.write(random.bytes(2000), to: Self.name(Int.random(in: 0..<Self.fileCount, using: &random)))
            var request = cluster.request([database.path], after: Int64(hour) * Self.hour)
            cluster.store.clock.set(request.time)
            let keep = hour % 24 == 0 ? 14 * Self.day : Self.day
            (request.expires, request.keptUntil) = (request.time + keep, request.time + keep)
            request.packByteCount = 64 << 10
            reread += try await cluster.backUp(request).figures.bytesReread
            guard hour % 24 == 0 else { continue }
            let policy = Policy(grace: Period(days: 0))
            _ = try await Prune(repository: cluster.repository).run(PruneRequest(policy: policy, backupsAreOn: true, by: "test"))
            if hour >= 72 { try await check(cluster, day: hour / 24) }
        }
        #expect(reread > 0)
    }

    private static func name(_ number: Int) -> String { "base/\(1000 + number)" }

    private func check(_ cluster: TestCluster, day: Int) async throws {
        struct Place: Hashable {
            let pack: Digest
            let offset: UInt32
        }
        var live: [Place: Int] = [:]
        let views = try await cluster.repository.readSnapshots()
        for view in views {
            let snapshot = try await cluster.open(view.id)
            let note = { (reference: ChunkReference) throws(HoldfastError) in
                let pack = try snapshot.pack(of: reference).id
                live[Place(pack: pack, offset: reference.offset)] = reference.frameByteCount
            }
            for chunk in snapshot.body.source.listing { try note(chunk.reference) }
            var reader = ListingReader(snapshot)
            while let entry = try await reader.next() {
                try await snapshot.forEachReference(of: entry, with: snapshot.makeOpener(), note)
            }
        }
        let packs = cluster.store.names.filter { $0.text.hasPrefix("packs/") }
        var stored = 0
        for pack in packs { stored += try await cluster.store.stat(pack)?.byteCount ?? 0 }
        let share = Double(live.values.reduce(0, +)) / Double(stored)
        #expect(share > 0.7, "day \(day)")
        let newest = try #require(views.max { ($0.log.header?.time ?? cluster.time) < ($1.log.header?.time ?? cluster.time) })
        #expect(newest.packs.count < 40, "day \(day)")
        // A data pack and a listing pack for each snapshot that is kept, and what the newest has.
        #expect(packs.count < 2 * views.count + 40, "day \(day)")
    }
}
