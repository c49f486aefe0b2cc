import Foundation
import HoldfastTesting

/// What is backed up: a few streams of bytes, the same in every history. Small ones are one chunk; large ones are several, begin alike and
/// end differently, so that snapshots share some of their packs, and a backup can be interrupted behind a checkpoint.
struct Contents: Sendable {
    static let smallCount = 5
    static let count = 8

    private let all: [[UInt8]]
    private let directory: String

    init(in directory: String) throws {
        self.directory = directory
        var beginning = SeededRandom(seed: 1)
        let shared = beginning.bytes(1_400_000)
        all = (0..<Self.count).map { number in
            var random = SeededRandom(seed: UInt64(number) + 2)
            return number < Self.smallCount ? random.bytes(700 + 300 * number) : shared + random.bytes(1_300_000)
        }
        for (number, bytes) in all.enumerated() { try Data(bytes).write(to: url(number)) }
    }

    private func url(_ number: Int) -> URL { URL(filePath: directory).appending(path: "content-\(number)") }

    subscript(number: Int) -> [UInt8] { all[number] }

    /// To be read from its start; closed with the value.
    func open(_ number: Int) throws -> FileHandle { try FileHandle(forReadingFrom: url(number)) }
}
