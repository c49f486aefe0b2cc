import Holdfast
import HoldfastFormat
import HoldfastModel
import HoldfastStorage
import HoldfastTesting
import Synchronization
import Testing

/// Snapshots of which a part of the listing is lost.
@Suite struct RestoreGapTests {
    private let scratch: RestoreScratch
    private let fixture: RestoreFixture
    private let craft: RestoreCraft

    init() throws {
        scratch = try RestoreScratch()
        fixture = try RestoreFixture()
        craft = RestoreCraft(fixture)
    }

    /// So many directories with a file each; entries so large that their listing takes several chunks.
    private func makeSnapshot() async throws -> OpenedSnapshot {
        craft.add("src", .directory)
        for number in 10..<99 {
            craft.add("src/d\(number)", .directory) { $0.linkTarget = [UInt8](repeating: 65, count: 60_000) }
            craft.file("src/d\(number)/f", [craft.chunk("text \(number)")]) {
                $0.linkTarget = [UInt8](repeating: 66, count: 60_000)
            }
        }
        return try await craft.finish()
    }

    /// Changes the chunk of the listing; answers what it told of.
    private func harm(_ number: Int, of snapshot: OpenedSnapshot) throws -> (from: [UInt8], until: [UInt8]?) {
        let listing = snapshot.body.source.listing
        let reference = listing[number].reference
        fixture.store.tamper(try snapshot.pack(of: reference).name) { $0[reference.frameRange.lowerBound + 5] ^= 1 }
        return (listing[number].firstPath, number + 1 < listing.count ? listing[number + 1].firstPath : nil)
    }

    private func isInside(_ path: String, _ gap: (from: [UInt8], until: [UInt8]?)) -> Bool {
        let path = Array(path.utf8)
        return !PathOrder.precedes(path, gap.from) && gap.until.map { PathOrder.precedes(path, $0) } ?? true
    }

    @Test("all that the rest of it tells of is restored, and the paths that nobody knows of are named", arguments: [0, 1, 2])
    func rest(number: Int) async throws {
        let snapshot = try await makeSnapshot()
        try #require(snapshot.body.source.listing.count >= 3)
        let gap = try harm(number, of: snapshot)
        let summary = try await Restore(snapshot, to: try scratch.target()).run()
        #expect(summary.errors.count == 1 && summary.worst == .damage)
        #expect(summary.errors.first?.path == gap.from && summary.errors.first?.message.contains("the listing is lost") == true)
        let restored = Set(scratch.tree("t"))
        for number in 10..<99 {
            let path = "src/d\(number)/f"
            #expect(restored.contains(path) == !isInside(path, gap), "\(path)")
        }
    }

    @Test(
        "names are found in all that the rest of it tells of, and the paths that nobody knows of are named", arguments: [0, 1, 2])
    func found(number: Int) async throws {
        let snapshot = try await makeSnapshot()
        let gap = try harm(number, of: snapshot)
        var found: [String] = []
        let gaps = try await FindEntries([try Glob("f"), try Glob("d*")]).run(in: snapshot) {
            found.append(String(decoding: $0.path, as: UTF8.self))
        }
        let all = (10..<99).flatMap { ["src/d\($0)", "src/d\($0)/f"] }
        #expect(found == all.filter { !isInside($0, gap) })
        #expect(gaps.map(\.from) == [gap.from] && gaps.map(\.until) == [gap.until])
    }

    @Test("nothing is removed: what the lost part told of is not what the snapshot does not have") func extraneous() async throws
    {
        let snapshot = try await makeSnapshot()
        _ = try await Restore(snapshot, to: try scratch.target()).run()
        try scratch.file("t/src/extra")
        let before = scratch.tree("t")
        _ = try harm(1, of: snapshot)
        let options = RestoreOptions(deletesExtraneous: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(scratch.tree("t") == before && summary.figures.filesDeleted == 0)
        #expect(summary.notes.contains { $0.contains("nothing was removed") })
    }

    @Test("nothing that was just restored is removed where a part of the listing is lost only when it is read again")
    func lostMeanwhile() async throws {
        let whole = try await makeSnapshot()
        let chunk = try #require(whole.body.source.listing.dropFirst().first).reference
        let store = ForgettingStore(fixture.store, try whole.pack(of: chunk).name, chunk.frameRange)
        let base = fixture.repository
        let repository = Repository(id: base.id, store: store, project: base.project, cluster: base.cluster)
        let view = try #require(try await repository.readSnapshot(whole.id))
        let snapshot = try await OpenedSnapshot.open(view, in: repository, with: fixture.keys)
        for directory in ["t", "t/src"] { try scratch.directory(directory) }
        try scratch.file("t/src/extra")
        let options = RestoreOptions(deletesExtraneous: true)
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        let restored = Set(scratch.tree("t"))
        for number in 10..<99 { #expect(restored.contains("src/d\(number)/f")) }
        #expect(restored.contains("src/extra") && summary.figures.filesDeleted == 0)
        #expect(summary.worst == .damage && summary.errors.count == 1)
        #expect(summary.notes.contains { $0.contains("not all was removed") })
    }

    @Test("a path is restored as if nothing were lost where the lost part cannot tell of it, and else is not called absent")
    func paths() async throws {
        let snapshot = try await makeSnapshot()
        let gap = try harm(1, of: snapshot)
        let outside = try #require((10..<99).first { !isInside("src/d\($0)", gap) && !isInside("src/d\($0)/f", gap) })
        let options = RestoreOptions(path: Array("src/d\(outside)".utf8))
        let summary = try await Restore(snapshot, to: try scratch.target(), options: options).run()
        #expect(summary.errors.isEmpty && scratch.tree("t") == ["f"])
        let inside = try #require((10..<99).first { isInside("src/d\($0)", gap) && isInside("src/d\($0)/f", gap) })
        await #expect {
            try await Restore(
                snapshot, to: try scratch.target("u"), options: RestoreOptions(path: Array("src/d\(inside)".utf8))
            ).run()
        } throws: {
            if case HoldfastError.noSuchPath = $0 { false } else { true }
        }
    }

    @Test("a survey tells the paths that nobody knows of, which bytes of a file are lost, and of which only attributes are")
    func survey() async throws {
        let attribute = craft.chunk(Array("value".utf8), domain: .xattr)
        try await craft.closePack()
        let first = craft.chunk("first")
        try await craft.closePack()
        let second = craft.chunk("second")
        craft.file("src/both", [first, second, first]).file("src/gone", [second]).file("src/whole", [first])
        craft.file("src/named", [first]) {
            $0.xattrs = [ExtendedAttribute(name: Array("user.x".utf8), value: .ref(ChunkReferences.encode([attribute])))]
        }
        let snapshot = try await makeSnapshot()
        let gap = try harm(1, of: snapshot)
        for number in [0, 2] { try await fixture.store.delete(craft.packs[number]) }
        let request = CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0)
        let result = try await CheckRepository(repository: fixture.repository).run(request)
        var told: [String: EntrySurvey] = [:]
        let findings = try await RepairRepository(fixture.repository, keys: fixture.keys).run(result) {
            told[$1.entry.displayPath] = $1
        }
        let survey = try #require(findings.first?.survey)
        #expect(survey.gaps.map(\.from) == [gap.from] && survey.gaps.map(\.until) == [gap.until])
        #expect(told["/src/both"]?.lostRanges == [5..<11] && told["/src/both"]?.standing == .partly)
        #expect(told["/src/gone"]?.standing == .lost && told["/src/whole"] == nil)
        #expect(told["/src/named"]?.lostAttributes == [Array("user.x".utf8)] && told["/src/named"]?.standing == .partly)
        #expect(survey.whole.files + survey.partly.files + survey.lost.files < snapshot.header.files)
        #expect(survey.missing > 3)
    }

    @Test("a directory that the rest only has something in keeps its metadata where it stands") func madeUp() async throws {
        craft.add("src", .directory).add("src/sub", .directory)
        for number in 10..<99 {
            craft.file("src/sub/f\(number)", [craft.chunk("text")]) { $0.linkTarget = [UInt8](repeating: 66, count: 60_000) }
        }
        let snapshot = try await craft.finish()
        _ = try harm(0, of: snapshot)
        for directory in ["t", "t/src"] { try scratch.directory(directory) }
        try scratch.directory("t/src/sub", mode: 0o751)
        for (target, mode) in [("t", 0o751), ("u", 0o700)] as [(String, UInt32)] {
            _ = try await Restore(snapshot, to: try scratch.target(target)).run()
            #expect(try scratch.status("\(target)/src/sub").mode == mode)
        }
    }

    @Test("a directory that lost attributes counts as missing in what would be salvaged") func bare() async throws {
        let attribute = craft.chunk(Array("value".utf8), domain: .xattr)
        try await craft.closePack()
        craft.add("src", .directory) {
            $0.xattrs = [ExtendedAttribute(name: Array("user.x".utf8), value: .ref(ChunkReferences.encode([attribute])))]
        }
        _ = try await craft.file("src/f", "text").finish()
        try await fixture.store.delete(craft.packs[0])
        let result = try await CheckRepository(repository: fixture.repository)
            .run(CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0))
        let findings = try await RepairRepository(fixture.repository, keys: fixture.keys).run(result) { _, _ in }
        #expect(findings.first?.survey?.missing == 1)
    }

    @Test("a repair makes a snapshot of what is left, which commands that need a whole listing can read") func salvage()
        async throws
    {
        let (repository, time) = (fixture.repository, RestoreFixture.time)
        try await repository.appendToKeyLog(at: time, by: "n") { _ in .roster([repository.id]) }
        try await repository.appendToKeyLog(at: time, by: "n") { _ in .activate(self.fixture.cmk) }
        let snapshot = try await makeSnapshot()
        let gap = try harm(1, of: snapshot)
        let result = try await CheckRepository(repository: repository)
            .run(CheckRequest(.data(percent: 100), keys: fixture.keys, seed: 0))
        let settings = RepairSettings(now: time + 60, node: "admin", tool: "test")
        let findings = try await RepairRepository(repository, keys: fixture.keys).run(result, settings) { _, _ in }
        let salvaged = try await fixture.open(try #require(findings.first?.salvaged))
        #expect(salvaged.header.incomplete > 0 && salvaged.header.isSalvagedInPart)
        var reader = ListingReader(salvaged)
        var paths: [String] = []
        while let entry = try await reader.next() {
            if entry.kind == .file { paths.append(entry.displayPath) }
        }
        #expect(paths == (10..<99).map { "/src/d\($0)/f" }.filter { !isInside(String($0.dropFirst()), gap) })
        #expect(try await Restore(salvaged, to: try scratch.target()).run().worst == nil)
        #expect(try scratch.text("t/src/d98/f") == "text 98")
    }
}

/// Gives a part of an object once, and never again.
private final class ForgettingStore: ForwardingStore {
    let base: MemoryStore
    private let name: ObjectName
    private let range: Range<Int>
    private let isForgotten = Mutex(false)

    init(_ base: MemoryStore, _ name: ObjectName, _ range: Range<Int>) {
        (self.base, self.name, self.range) = (base, name, range)
    }

    func read(_ name: ObjectName, range: Range<Int>?) async throws(StoreError) -> [UInt8] {
        guard name == self.name, range == self.range else { return try await base.read(name, range: range) }
        let isForgotten = isForgotten.withLock { isForgotten in
            defer { isForgotten = true }
            return isForgotten
        }
        guard !isForgotten else { throw .damaged(name, detail: "input/output error") }
        return try await base.read(name, range: range)
    }
}
