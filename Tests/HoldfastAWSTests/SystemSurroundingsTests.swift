import Foundation
import HoldfastAWS
import HoldfastModel
import Testing

@Suite("This machine's files and programs")
struct SystemSurroundingsTests {
    private let surroundings = CredentialSurroundings.system(
        variables: [:], transport: ClientFixture([]), timing: ClientFixture([]).timing)

    @Test("a file is read as it is, a missing one is nil, and what cannot be read says why")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: URL(filePath: path))
        #expect(try surroundings.read(path) == bytes)
        #expect(try surroundings.read(path + "-not") == nil)
        #expect(throws: CredentialSurroundings.FileProblem.self) { try surroundings.read("/") }
    }

    @Test("a program's output is taken, quotes and all, and its failure is told")
    func programs() async throws {
        #expect(try await surroundings.run(#"printf '%s' "it's""#) == Array("it's".utf8))
        await #expect(throws: CredentialSurroundings.FileProblem(detail: "it ended with status 3")) {
            try await surroundings.run("exit 3")
        }
    }
}
