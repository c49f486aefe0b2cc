import ArgumentParser
import Foundation
import Glibc
import Testing

@testable import HoldfastCLI

@Suite("run --forever")
struct RunForeverTests {
    @Test("has in every tick the passphrase that a descriptor gave once")
    func passphrase() async throws {
        let words = FileManager.default.temporaryDirectory.path + "/words-\(UUID())"
        try Data("correct horse battery".utf8).write(to: URL(filePath: words))
        defer { try? FileManager.default.removeItem(atPath: words) }
        let project = try await ProjectRun("--passphrase-file", words)
        let file = project.path + "/holdfast.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let start = try #require(text.range(of: "    policy: {}")?.lowerBound)
        @Sendable func plan(_ sources: [String]) throws {
            let lines = sources.map { "          \($0): {paths: [\(project.path)/source]}\n" }
            try project.write(
                text[..<start] + "    nodes:\n      n1:\n        sources:\n" + lines.joined() + text[start...],
                to: "holdfast.yaml")
        }
        try plan(["a"])
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { close(ends[0]) }
        _ = unsafe Glibc.write(ends[1], "correct horse battery", 21)
        close(ends[1])
        let places = ["XDG_STATE_HOME": project.path + "/state", "XDG_CACHE_HOME": project.path + "/cache", "HOME": project.path]
        let session = Session(
            options: try GlobalOptions.parse(["--passphrase-fd", "\(ends[0])"]), environment: places,
            workingDirectory: project.path,
            output: Output(data: { _ in }, remarks: { _ in }))
        let tick = Tick(session: session, node: "n1", storage: try BackupStorageOptions.parse([]), isDryRun: false)
        let pauses = Pauses()
        let forever = RunForever(
            tick: tick,
            pause: { _ in
                guard await pauses.next() == 1 else { throw CancellationError() }
                try plan(["a", "b"])
            })
        #expect(try await forever.run() == .done)
        let list = try await project.run("snapshots", "--json").out
        #expect(list.contains(#""sources":["a"]"#) && list.contains(#""sources":["b"]"#), "\(list)")
    }

    private actor Pauses {
        private var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }
}
