import Foundation
import HoldfastModel

/// A file under `testdata/vectors` in Wycheproof's shape: groups of cases, and for each case whether it must succeed.
struct VectorFile<Case: Decodable>: Decodable {
    private let testGroups: [Group]

    private struct Group: Decodable {
        let tests: [Case]
    }

    /// All cases of all groups; `name` is the file's, without `.json`.
    static func cases(_ name: String) throws -> [Case] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "testdata/vectors/\(name).json"))
        return try JSONDecoder().decode(Self.self, from: data).testGroups.flatMap(\.tests)
    }
}

/// Bytes that are written as hex.
struct HexBytes: Decodable, Sendable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let bytes = Hex.decode(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hex")
        }
        self.bytes = bytes
    }
}

enum Verdict: String, Decodable, Sendable { case valid, invalid, acceptable }
