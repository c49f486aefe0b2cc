import Foundation
import Testing

/// AWS's own client for Python, in the environment that `scripts/aws-test` makes.
enum Botocore {
    /// The lines that a script prints, with these variables and no others.
    static func run(_ script: String, _ variables: [String: String]) async throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: try #require(MotoFixture.python))
        process.arguments = ["-c", script]
        process.environment = variables
        let pipe = Pipe()
        process.standardOutput = pipe
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in
                let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                continuation.resume(returning: text.split(separator: "\n").map(String.init))
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
