import Benchmark
import FoundationEssentials
import HoldfastCatalog
import HoldfastCrypto
import HoldfastModel

/// A catalog of 1,000 snapshots.
func catalogBenchmarks() {
    let snapshots = (0..<1000).compactMap { number -> CachedSnapshot? in
        let (id, sum): (SnapshotID, Digest) = (Random.id(), SHA256.hash(Array("\(number)".utf8).span))
        guard let cmk = CMK("local:3f2a/\(number % 5)") else { return nil }
        let time = Timestamp(seconds: 1_800_000_000 + Int64(number) * 3600)
        let envelope = Envelope(
            cmk: cmk, version: nil, access: nil, wrapped: [UInt8](repeating: 7, count: 72), created: time, requestID: nil)
        let header = ManifestHeader(
            start: sum, cluster: "default", node: "db\(number % 3)", source: "data", time: time, started: time,
            finished: time + 60,
            expires: time + 86_400, lock: nil, items: ["hourly"], label: "", tags: [], base: nil, barrier: nil, keyLogPosition: 4,
            bytesRead: 1 << 30, bytesNew: 1 << 20, bytesStored: 1 << 19, files: 1000, incomplete: 0, envelopes: [envelope],
            tool: "benchmark")
        return CachedSnapshot(
            id: id,
            start: SnapshotStart(cluster: "default", node: "db\(number % 3)", source: "data", base: nil, keyLogPosition: 4),
            startSum: sum, outcome: .manifest(CachedManifest(header: header, sum: sum, byteCount: 4096)), lastSum: sum,
            times: [time, time + 60], stamp: LogStamp(recordCount: 2, bytes: [UInt8](repeating: 1, count: 96)))
    }
    let path = FileManager.default.temporaryDirectory.path + "/holdfast-benchmark-\(UUID().uuidString).sqlite"

    Benchmark("the catalog keeps 1,000 snapshots") { benchmark in
        let catalog = Catalog(at: path, of: Random.id())
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { catalog.store(snapshots) }
        benchmark.stopMeasurement()
        try FileManager.default.removeItem(atPath: path)
    }
    Benchmark("the catalog gives 1,000 snapshots") { benchmark in
        let catalog = Catalog(at: path, of: Random.id())
        catalog.store(snapshots)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(catalog.snapshots()) }
        benchmark.stopMeasurement()
        try FileManager.default.removeItem(atPath: path)
    }
}
