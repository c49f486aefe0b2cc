import Benchmark
import FoundationEssentials
import Holdfast
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage
import HoldfastTesting

/// A cluster over a store in memory, and a tree of 2,000 small files that it has backed up once.
private struct BackedUpTree {
    let path: String
    let repository: Repository
    let keys: KeyManagers
    let witness: Witness

    init() async throws {
        path = "/tmp/holdfast-benchmark-\(UUID().uuidString)"
        for number in 0..<2000 {
            let directory = "\(path)/tree/\(number % 20)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data("file \(number)".utf8).write(to: URL(filePath: "\(directory)/\(number)"))
        }
        let (id, keyManager): (RepositoryID, FakeKeyManager) = (Random.id(), FakeKeyManager())
        let cmk = keyManager.createCMK()
        keys = KeyManagers([keyManager], trusted: [CMKPattern("\(cmk)")].compactMap(\.self))
        repository = Repository(id: id, store: MemoryStore(), project: "benchmark", cluster: "default")
        witness = try Witness(at: path + "/witness/witness.sqlite", of: id)
        try await repository.appendToKeyLog(at: Timestamp(seconds: 1), by: "benchmark") { _ in .roster([id]) }
        try await repository.appendToKeyLog(at: Timestamp(seconds: 1), by: "benchmark") { _ in .activate(cmk) }
        try await backUp()
    }

    /// The walk, the merge-join with the base, the listing and the commit: nothing is read anew.
    func backUp() async throws {
        let request = BackupRequest(
            node: "node", source: "default", contents: .paths([Array((path + "/tree").utf8)], WalkFilter()), expires: nil,
            time: Timestamp(seconds: 1_800_000_000), tool: "benchmark")
        _ = try await Backup(repository: repository, keys: keys, witness: witness, progress: BackupProgress()).run(request)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }
}

func backupBenchmarks() {
    Benchmark("an unchanged backup of 2,000 files: walk, merge-join, listing, commit") { benchmark in
        let tree = try await BackedUpTree()
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { try await tree.backUp() }
        benchmark.stopMeasurement()
        try tree.remove()
    }
}
