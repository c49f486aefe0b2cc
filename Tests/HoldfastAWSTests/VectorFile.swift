import Foundation

/// A file under `testdata/sigv4`.
enum VectorFile {
    private struct Content<Case: Decodable>: Decodable {
        let cases: [Case]
    }

    /// All cases; `name` is the file's, without `.json`.
    static func cases<Case: Decodable>(_ name: String) throws -> [Case] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "testdata/sigv4/\(name).json"))
        return try JSONDecoder().decode(Content<Case>.self, from: data).cases
    }
}
