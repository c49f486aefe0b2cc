import CPosix
import FoundationEssentials
import Glibc
import HoldfastCrypto
import HoldfastModel
import HoldfastStorage

/// Lends a fresh directory that is removed after, whatever happens.
func withTemporaryDirectory<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
    let path = FileManager.default.temporaryDirectory.path + "/holdfast-test-" + Hex.encode(Random.bytes(8))
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let result: Result<Answer, any Error>
    do { result = .success(try await body(path)) } catch { result = .failure(error) }
    try FileManager.default.removeItem(atPath: path)
    return try result.get()
}

/// Lends a fresh store in such a directory.
func withDirectoryStore<Answer>(_ body: (DirectoryStore) async throws -> Answer) async throws -> Answer {
    try await withTemporaryDirectory { path in try await body(try await DirectoryStore.create(at: path + "/repository")) }
}

/// What lies in a directory, sorted; nothing where there is none.
func contents(_ path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
}

/// Sets a file's times to a moment.
func setTime(_ path: String, _ time: Timestamp) throws {
    try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(time.seconds))], ofItemAtPath: path)
}
