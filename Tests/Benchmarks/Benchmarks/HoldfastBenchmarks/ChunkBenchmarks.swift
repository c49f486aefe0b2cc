import Benchmark
import HoldfastCrypto
import HoldfastFormat
import HoldfastModel
import HoldfastTesting

/// What every byte of a first backup passes: one MiB at a time, but for cutting and packing.
func chunkBenchmarks() {
    let mebibyte = 1 << 20
    let noise = KeyStream.bytes(key: Random.secret().bytes, count: 16 * mebibyte)
    let words = (0..<mebibyte).map { noise[$0 >> 4] & 0x3f }
    let chunk = Array(noise[..<mebibyte])

    Benchmark("cut 16 MiB of noise") { benchmark in
        let cutter = ContentCutter(cutKey: Random.secret())
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            var start = 0
            while start < noise.count { start += cutter.firstCut(in: noise.span.extracting(start...)) }
            blackHole(start)
        }
    }
    Benchmark("hash a chunk") { benchmark in
        let hasher = ChunkHasher(hashKey: Random.secret())
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(hasher.hash(chunk.span, domain: .data)) }
    }
    for (name, plaintext) in [("noise", chunk), ("text", words)] {
        Benchmark("compress a chunk of \(name)") { benchmark in
            let compressor = ZstdCompressor()
            var scratch: [UInt8] = []
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(compressor.compress(plaintext.span, into: &scratch)) }
        }
    }
    Benchmark("seal a chunk") { benchmark in
        let cipher = AESGCM()
        let key = Array(noise[..<32])
        var frame = chunk + [UInt8](repeating: 0, count: AESGCM.tagByteCount)
        benchmark.startMeasurement()
        for index in benchmark.scaledIterations {
            var span = frame.mutableSpan
            cipher.seal(&span, key: key.span, nonce: Nonce(offset: index))
        }
        blackHole(frame)
    }
    Benchmark("build a pack of 16 chunks") { benchmark in
        let hash = SHA256.hash(chunk.span)
        var buffer: [UInt8] = []
        for _ in benchmark.scaledIterations {
            var writer = PackWriter(capacity: 20 * mebibyte, in: buffer)
            buffer = []
            for _ in 0..<16 { blackHole(writer.append(chunk.span, hash: hash)) }
            var last = writer.close()
            buffer = last.takeBytes()
            blackHole(SHA256.hash(buffer.span))
        }
    }
}
