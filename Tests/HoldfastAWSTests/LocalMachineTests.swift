import Foundation
import HoldfastAWS
import HoldfastModel
import Testing

@Suite("This machine's files and programs")
struct LocalMachineTests {
    private let machine = LocalMachine.system(variables: [:])

    @Test("a file is read as it is, a missing one is nil, and what cannot be read says why")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: URL(filePath: path))
        #expect(try machine.read(path) == bytes)
        #expect(try machine.read(path + "-not") == nil)
        #expect(throws: LocalMachine.FileProblem.self) { try machine.read("/") }
    }

    @Test("a program's output is taken, quotes and all, and its failure is told")
    func programs() async throws {
        #expect(try await machine.run(#"printf '%s' "it's""#) == Array("it's".utf8))
        await #expect(throws: LocalMachine.FileProblem(detail: "it ended with status 3")) {
            try await machine.run("exit 3")
        }
    }

    @Test("a file that is written takes the place of the old one as a whole, and is for its owner alone")
    func writing() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "token.json").path
        try Data("old, and longer".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try machine.write(path, Array("new".utf8))
        #expect(try machine.read(path) == Array("new".utf8))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(throws: LocalMachine.FileProblem.self) { try machine.write("\(path)/x", []) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["token.json"])
    }

    @Test("a file that is written behind a link leaves the link, and keeps its owner", .enabled(if: getuid() == 0))
    func owned() throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "holdfast-machine-\(UInt64.random(in: 0...(.max)))"
        ).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (file, link) = ("\(directory)/file", "\(directory)/link")
        try Data([1]).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.ownerAccountID: 1, .groupOwnerAccountID: 1], ofItemAtPath: file)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        try machine.write(link, [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
        #expect(try Data(contentsOf: URL(filePath: file)) == Data([2]))
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.ownerAccountID] as? Int == 1)
    }
}
