import Foundation
import Holdfast
import HoldfastCatalog
import HoldfastFormat
import HoldfastModel
import HoldfastTesting
import Testing

/// What must stay in memory stands nowhere else (`scripts/leak-test` looks at the binary's own traces).
@Suite("Leaks")
struct LeakTests {
    private static let name = "a-name-that-nobody-else-has"
    private static let content = "what nobody else may know of"

    @Test("no name, content or key stands in the store, the catalog or the witness")
    func traces() async throws {
        let cluster = try await TestCluster()
        let source = try Scratch()
        try source.write(Array(Self.content.utf8), to: "\(Self.name)/small")
        try source.write(Array(String(repeating: Self.content, count: 10_000).utf8), to: "\(Self.name)/large")
        let store = RecordingStore(cluster.store)
        let repository = Repository(id: cluster.repository.id, store: store, project: "test", cluster: "default")
        for seconds in [Int64(0), 60] {
            try source.write(Array("\(Self.content) \(seconds)".utf8), to: "\(Self.name)/changed")
            let request = cluster.request([source.path], after: seconds)
            _ = try await Backup(
                repository: repository, keys: cluster.keys, witness: cluster.witness, progress: BackupProgress()
            ).run(request)
        }
        let catalog = Catalog(at: cluster.scratch.path + "/catalog/catalog.sqlite", of: repository.id)
        _ = try await ReadRepository(
            repository, watch: WitnessWatch(cluster.witness, policy: Policy(), at: cluster.time), catalog: catalog
        ).run()

        let audit = try await SealAudit(of: store.all, in: repository, with: cluster.keys, nodes: ["node"])
        #expect(audit.snapshotKeys.count >= 2 && audit.packKeys.count >= 4)
        let needles =
            Self.spellings(of: Array(audit.snapshotKeys) + Array(audit.packKeys)) + [
                Data(Self.name.utf8), Data(Self.content.utf8),
            ]
        let traces = try Self.files(in: cluster.scratch.path) + store.all.map { ($0.name.text, Data($0.bytes)) }
        #expect(traces.contains { $0.0.hasSuffix("catalog.sqlite") } && traces.contains { $0.0.hasSuffix("witness.sqlite") })
        for (place, bytes) in traces {
            #expect(!needles.contains { bytes.range(of: $0) != nil }, "\(place)")
        }
        // The search finds what is there.
        let planted = try Self.files(in: source.path)
        #expect(planted.contains { needles.contains($0.1.prefix(Self.content.utf8.count)) })
    }

    /// As they are, in hex and in base64.
    private static func spellings(of keys: [[UInt8]]) -> [Data] {
        keys.flatMap { [Data($0), Data(Hex.encode($0).utf8), Data(Base64.encode($0).utf8)] }
    }

    private static func files(in folder: String) throws -> [(String, Data)] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return names.compactMap { name in FileManager.default.contents(atPath: "\(folder)/\(name)").map { (name, $0) } }
    }
}
