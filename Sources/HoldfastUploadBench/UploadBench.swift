import Foundation
import HoldfastAWS
import HoldfastCrypto
import HoldfastModel

/// Measures what `S3Store` uploads: `scripts/bench-s3` runs it beside a plain client.
///
///     holdfast-upload-bench serve PORT                                 a server that takes everything and keeps nothing
///     holdfast-upload-bench verify URL s3://BUCKET                     what an optimised build uploads in parts reads back
///     holdfast-upload-bench upload URL s3://BUCKET COUNT BYTES WIDTH   so many packs of so many bytes, so many at once
@main
struct UploadBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "serve" where arguments.count == 2:
            try await NullServer(port: arguments.last.flatMap { Int($0) } ?? 0).run()
        case "verify" where arguments.count == 3:
            let rest = Array(arguments)
            try await Upload(count: 1, byteCount: 100_000_001, width: 1).verify(at: rest[1], rest[2])
        case "upload" where arguments.count == 6:
            let numbers = arguments.suffix(3).compactMap { Int($0) }
            guard numbers.count == 3 else { fallthrough }
            let rest = Array(arguments)
            try await Upload(count: numbers[0], byteCount: numbers[1], width: numbers[2]).run(to: rest[1], rest[2])
        default:
            print("usage: holdfast-upload-bench serve PORT | verify URL s3://BUCKET | upload URL s3://BUCKET COUNT BYTES WIDTH")
            exit(64)
        }
    }
}

/// Packs of random bytes, uploaded as a backup does it: so many at once, each made just before.
struct Upload {
    let count: Int
    let byteCount: Int
    let width: Int

    /// Probes the store, and reads a pack of several parts back. That no debug build tells of a release build's faults was learnt once.
    func verify(at url: String, _ address: String) async throws {
        let transport = AsyncHTTPTransport(userAgent: "holdfast-bench")
        let store = try Self.store(url, address, transport)
        try await store.probe()
        let (bytes, owner): ([UInt8], SnapshotID) = (Random.bytes(byteCount), Random.id())
        let name = ObjectName.pack(SHA256.hash(bytes.span), of: owner)
        try await store.create(name, bytes)
        guard try await store.read(name) == bytes, try await store.read(name, range: 0..<byteCount) == bytes,
            try await store.list(.packs(of: owner)).map(\.byteCount) == [byteCount]
        else { fatalError("what was uploaded in parts reads otherwise") }
        try await store.delete(name)
        await transport.shutdown()
        print("verified")
    }

    private static func store(_ url: String, _ address: String, _ transport: AsyncHTTPTransport) throws -> S3Store {
        let variables = ProcessInfo.processInfo.environment
        return try S3Store(
            at: S3Address(address), region: "us-east-1",
            credentials: FixedCredentials(
                Credentials(
                    accessKeyID: variables["AWS_ACCESS_KEY_ID"] ?? "AKIDEXAMPLE",
                    secretKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "secret", origin: .environment)),
            endpoints: ServiceEndpoints(region: "us-east-1", explicit: [.s3: url]), transport: transport,
            timing: .system(now: { Timestamp(seconds: Int64(Date.now.timeIntervalSince1970)) }))
    }

    func run(to url: String, _ address: String) async throws {
        let transport = AsyncHTTPTransport(userAgent: "holdfast-bench")
        let store = try Self.store(url, address, transport)
        let (owner, filling): (SnapshotID, [UInt8]) = (Random.id(), Random.bytes(byteCount))
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= width { try await group.next() }
                group.addTask {
                    var pack = filling
                    for index in 0..<min(8, pack.count) { pack[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
                    try await store.create(.pack(SHA256.hash(pack.span), of: owner), pack)
                }
            }
            try await group.waitForAll()
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        let megabytes = Double(count * byteCount) / 1e6
        print("S3Store: \(Int(megabytes / seconds)) MB/s, peak \(try Self.peakMemory())")
        await transport.shutdown()
    }

    /// What the kernel says was the most that this process had in memory.
    private static func peakMemory() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split { $0 == " " || $0 == "\t" }.dropFirst().joined(separator: " ")
    }
}
